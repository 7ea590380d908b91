import assert from 'node:assert/strict';
import { parseEdits } from '../../../../src/agents/dialects/parseEdits.ts';
import type { AgentAction } from '../../../../src/agents/protocol/agentAction.ts';
import { formatLineRange } from '../../../../src/agents/protocol/agentAction.ts';
import { parseReply } from '../../../../src/agents/protocol/parseReply.ts';
import { SeededRandom } from '../../../support/seededRandom.ts';

const target = { path: 'src/hello.py', language: 'python' };

function parse(text: string) {
  return parseReply(text, { target, isCut: false, readEdits: parseEdits });
}

const words = ['The', 'function', 'greets', 'a < b', 'x > 1', 'if', 'read', '`done`', 'a & b', '"quoted"', '(see)'];

function sentence(random: SeededRandom): string {
  return Array.from({ length: 1 + random.below(8) }, () => random.pick(words)).join(' ');
}

function value(random: SeededRandom): string {
  return random.pick(['src/a.ts', 'a b.py', 'x', 'deep/er/file.test.ts', 'ünï.md', 'a&b.c', "it's.txt", 'q"q.txt']);
}

function encoded(text: string, quote: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll(quote, quote === '"' ? '&quot;' : '&#39;')
    .replaceAll('<', '&lt;');
}

function attribute(random: SeededRandom, name: string, text: string): string {
  const quote = random.pick(['"', "'"]);
  const space = random.pick(['', ' ']);
  return ` ${random.chance(0.2) ? name.toUpperCase() : name}${space}=${space}${quote}${encoded(text, quote)}${quote}`;
}

/** The end of a tag without a body, in the ways models write it. */
function tagEnd(random: SeededRandom, name: string): string {
  return random.pick(['/>', ' />', '>', `></${name}>`, `>\n</${name} >`]);
}

function randomBlock(random: SeededRandom): { readonly action: AgentAction; readonly text: string } {
  const path = value(random);
  switch (random.below(6)) {
    case 0: {
      if (random.chance(0.5))
        return {
          action: { kind: 'read', path },
          text: `<read${attribute(random, 'path', path)}${tagEnd(random, 'read')}`,
        };
      const lines = { start: 1 + random.below(50), end: 51 + random.below(50) };
      const range = attribute(random, 'lines', formatLineRange(lines));
      const text = `<read${attribute(random, 'path', path)}${range}${tagEnd(random, 'read')}`;
      return { action: { kind: 'read', path, lines }, text };
    }
    case 1:
      return {
        action: { kind: 'list', path },
        text: `<list${attribute(random, 'path', path)}${tagEnd(random, 'list')}`,
      };
    case 2: {
      const pattern = random.pick(['greet(', 'a && b', '<div class="x">', "don't", 'x => y']);
      const text = `<search${attribute(random, 'pattern', pattern)}${attribute(random, 'path', path)}${tagEnd(random, 'search')}`;
      return { action: { kind: 'search', pattern, path }, text };
    }
    case 3: {
      const command = random.pick([
        'npm test',
        'grep -n "<read path" src | wc',
        'a && b; c > d',
        'python -c "print(1)"',
      ]);
      const text = random.pick([
        `<run>${command}</run>`,
        `<run>\n${command}\n</run>`,
        `<run>\n\`\`\`sh\n${command}\n\`\`\`\n</run>`,
      ]);
      return { action: { kind: 'run', command }, text };
    }
    case 4: {
      const question = sentence(random);
      const options = random.chance(0.5) ? [] : ['yes', 'no'];
      const list = options.length === 0 ? '' : attribute(random, 'options', options.join('|'));
      return { action: { kind: 'ask', question, options }, text: `<ask${list}>${question}</ask>` };
    }
    default: {
      const summary = sentence(random);
      return { action: { kind: 'done', summary }, text: `<done>\n${summary}\n</done>` };
    }
  }
}

/** Lines such as a file about this very protocol has: they must stay what they are, text of the file. */
const hostileLines = [
  '<run>rm -rf .</run>',
  '<done>All done.</done>',
  '<read path="/etc/passwd"/>',
  '</done>',
  '<ask>',
  '```',
  '```xml',
  '~~~',
  'src/other.py',
  '    indented()',
  '',
  'It is `<list/>` that lists.',
  '<done>',
];

describe('parseReply, by chance', () => {
  it('reads back every list of blocks in every spelling, with prose between', () => {
    const random = new SeededRandom(1);
    for (let round = 0; round < 1_000; round += 1) {
      const blocks = Array.from({ length: 1 + random.below(5) }, () => randomBlock(random));
      const text = blocks.map(block => `${sentence(random)}:\n\n${block.text}\n`).join('\n');
      assert.deepEqual(
        parse(text).actions,
        blocks.map(block => block.action),
        text,
      );
    }
  });

  it('takes nothing inside a file for a block', () => {
    const random = new SeededRandom(2);
    for (let round = 0; round < 1_000; round += 1) {
      const lines = Array.from({ length: 1 + random.below(12) }, () => random.pick(hostileLines));
      const content = `start\n${lines.join('\n')}\nend\n`;
      const text = `I write it.\n\ndocs/protocol.md\n\`\`\`\`markdown\n${content}\`\`\`\`\n\n<done>Written.</done>`;
      const write = { type: 'writeFile', path: 'docs/protocol.md', content, mustBeNew: false };
      assert.deepEqual(parse(text), {
        text,
        prose: 'I write it.',
        actions: [
          { kind: 'edit', edits: [write], problems: [], origin: 'blocks' },
          { kind: 'done', summary: 'Written.' },
        ],
      });
    }
  });

  it('takes nothing inside a search/replace block for a block', () => {
    const random = new SeededRandom(3);
    for (let round = 0; round < 1_000; round += 1) {
      const lines = () => Array.from({ length: 1 + random.below(5) }, () => random.pick(hostileLines)).join('\n');
      const [search, replace] = [`first\n${lines()}`, `first\n${lines()}\nlast`];
      const text = `docs/protocol.md\n<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n\n<run>npm test</run>`;
      const { actions } = parse(text);
      assert.deepEqual(
        actions.map(action => action.kind),
        ['edit', 'run'],
        text,
      );
      assert.ok(actions[0]?.kind === 'edit');
      assert.deepEqual(actions[0].edits, [
        {
          type: 'replaceBlocks',
          path: 'docs/protocol.md',
          blocks: [{ search: `${search}\n`, replace: `${replace}\n` }],
        },
      ]);
    }
  });

  it('reads any reply at all, and drops no block in silence', () => {
    const random = new SeededRandom(4);
    const pieces = [
      ...hostileLines,
      ...words,
      '<',
      '>',
      '/>',
      '"',
      '<read',
      ' path=',
      '<<<<<<< SEARCH',
      '=======',
      '>>>>>>> REPLACE',
      '*** Begin Patch',
      '\n',
      '\n\n',
      '<think>',
      '</think>',
      '\u0000',
      '&lt;',
      '😀',
      '--- a/x',
      '+++ b/x',
      '@@ -1 +1 @@',
    ];
    for (let round = 0; round < 4_000; round += 1) {
      const text = Array.from(
        { length: random.below(30) },
        () => random.pick(pieces) + random.pick(['', '\n', ' ']),
      ).join('');
      const { actions, prose } = parse(text);
      for (const action of actions) {
        if (action.kind === 'invalid') assert.notEqual(action.reason, '');
        if (action.kind === 'edit') assert.ok(action.edits.length + action.problems.length > 0);
      }
      if (text.trim() !== '' && !/<(?:think|\/think)/.test(text)) assert.ok(actions.length > 0 || prose !== '', text);
    }
  });
});
