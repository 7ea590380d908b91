import assert from 'node:assert/strict';
import { simpleCommands } from '../../../src/agents/shellCommands.ts';
import { SeededRandom } from '../../support/seededRandom.ts';

describe('simpleCommands', () => {
  const table: [string, string[][]][] = [
    ['', []],
    ['npm test', [['npm', 'test']]],
    ['a && b || c; d | e & f', [['a'], ['b'], ['c'], ['d'], ['e'], ['f']]],
    ['a\nb\n\n\tc', [['a'], ['b'], ['c']]],
    ['(a; b) && { c; }', [['a'], ['b'], ['{', 'c'], ['}']]],
    [`a 'b c' "d e" f\\ g`, [['a', 'b c', 'd e', 'f g']]],
    [`a'b'"c"\\d`, [['abcd']]],
    [`a "" ''`, [['a', '', '']]],
    [`a "b\\"c" 'd\\'`, [['a', 'b"c', 'd\\']]],
    [`$'a\\'b' c`, [["a'b", 'c']]],
    [`"$'" a`, [["$'", 'a']]],
    ['a \\\n  b', [['a', 'b']]],
    ['a # b; c\nd#e', [['a'], ['d#e']]],
    ['a > b 2>&1 c', [['a', 'c']]],
    ['a >> b < c <<< d <> e >| f', [['a']]],
    ['> a b', [['b']]],
    ['a2>b', [['a2']]],
    ['a &> b', [['a']]],
    [
      'a $(b c) d',
      [
        ['b', 'c'],
        ['a', '$', 'd'],
      ],
    ],
    [
      'a "$(b "c)")" d',
      [
        ['b', 'c)'],
        ['a', '$', 'd'],
      ],
    ],
    [
      'a `b c`',
      [
        ['b', 'c'],
        ['a', '$'],
      ],
    ],
    ['a "`b`"', [['b'], ['a', '$']]],
    ['$(a)/b c', [['a'], ['$/b', 'c']]],
    ['a $(b $(c))', [['c'], ['b', '$'], ['a', '$']]],
    ['diff <(a) <(b)', [['a'], ['b'], ['diff', '$', '$']]],
    ["a '$(b)'", [['a', '$(b)']]],
    ['a $HOME ${X:-y}', [['a', '$HOME', '${X:-y}']]],
    ["cat <<'EOF' > x\nit's $(b)\nEOF\nc", [['cat'], ['c']]],
    ['cat <<EOF\nit\'s "$(b)" `c`\nEOF', [['cat'], ['b'], ['c']]],
    ['cat <<-\\EOF\n\t$(b)\n\tEOF', [['cat']]],
    ['a <<A; b <<B\n1\nA\n2\nB\nc', [['a'], ['b'], ['c']]],
  ];
  for (const [command, expected] of table) {
    it(`takes ${JSON.stringify(command)} apart`, () => assert.deepEqual(simpleCommands(command), expected));
  }

  for (const command of [
    `a 'b`,
    'a "b',
    'a `b',
    'a $(b',
    'a "$(b"',
    "$'a",
    'a <(b',
    'cat <<EOF\nx',
    'cat <<EOF',
    'cat <<',
    'a "`b"',
  ]) {
    it(`does not guess at ${JSON.stringify(command)}`, () => assert.equal(simpleCommands(command), undefined));
  }

  it('reads anything at all', () => {
    const random = new SeededRandom(7);
    const pieces = [
      'a',
      ' ',
      "'",
      '"',
      '`',
      '$(',
      ')',
      '(',
      ';',
      '|',
      '&',
      '<',
      '>',
      '<<E',
      '\nE\n',
      '\\',
      '#',
      '$',
      '{',
      '}',
      '\n',
      '1',
      '-',
    ];
    for (let round = 0; round < 5_000; round += 1) {
      const command = Array.from({ length: random.below(40) }, () => random.pick(pieces)).join('');
      for (const words of simpleCommands(command) ?? []) assert.ok(words.length > 0, command);
    }
    for (const piece of ['$(', '"$(', '`', '((', '<<E\n', "'", '\\', '<(', '"`']) simpleCommands(piece.repeat(2_000));
  });

  it('finds a command wherever it is put in a line that bash understands', () => {
    const random = new SeededRandom(8);
    const wrap = (inner: string, depth: number): string => {
      if (depth === 0) return inner;
      const wrapped = random.pick([
        `true && ${inner}`,
        `( ${inner} )`,
        `{ ${inner}; }`,
        `echo "$(${inner})"`,
        `echo $(${inner}) > out`,
        `cat <(${inner})`,
        `ls | while read x; do ${inner}; done`,
        `if ${inner}; then ls; fi`,
        `X=1 ${inner}`,
        `cat <<E${depth}\n$(${inner})\nE${depth}\n`,
        `ls 2>&1; ${inner}`,
        `# it's a comment\n${inner}`,
        `${inner} # it's a comment\n`,
      ]);
      return wrap(wrapped, depth - 1);
    };
    for (let round = 0; round < 3_000; round += 1) {
      const line = wrap('curl x', random.below(4));
      const found = simpleCommands(line)?.some(words => words.includes('curl'));
      assert.equal(found, true, line);
    }
  });
});
