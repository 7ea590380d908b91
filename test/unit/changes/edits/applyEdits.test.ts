import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { applyEdits, type EditsResult } from '../../../../src/changes/edits/applyEdits.ts';
import { fileVersion } from '../../../../src/changes/memoryBlobStore.ts';
import type { FileEdit, PatchHunk, ReplaceBlock } from '../../../../src/domain/schema/changes.ts';

type Tree = Readonly<Record<string, string | Uint8Array>>;

function apply(tree: Tree, ...edits: FileEdit[]): Promise<EditsResult> {
  return applyEdits(edits, path => {
    const content = tree[path];
    if (path.startsWith('/')) return Promise.resolve({ ok: false, kind: 'path', reason: 'it is absolute' });
    const version = content === undefined ? undefined : fileVersion(Buffer.from(content as string), false);
    return Promise.resolve({ ok: true, path, version });
  });
}

/** The text of every path that the edits changed; undefined for a file that is gone. */
async function texts(result: Promise<EditsResult>): Promise<Record<string, string | undefined>> {
  const edited = await result;
  if (!edited.ok) assert.fail(edited.problems.map(problem => problem.reason).join('\n'));
  return Object.fromEntries(
    edited.files.map(file => [file.path, file.after && Buffer.from(file.after.content).toString()]),
  );
}

async function problems(result: Promise<EditsResult>) {
  const edited = await result;
  assert.ok(!edited.ok, 'the edits were refused');
  return edited.problems;
}

const replace = (search: string, replacement: string): ReplaceBlock => ({ search, replace: replacement });
const blocks = (path: string, ...list: ReplaceBlock[]): FileEdit => ({ type: 'replaceBlocks', path, blocks: list });
const write = (path: string, content: string): FileEdit => ({ type: 'writeFile', path, content, mustBeNew: false });

function hunk(text: string, more: Partial<PatchHunk> = {}): PatchHunk {
  const kinds = { ' ': 'context', '-': 'deleted', '+': 'added' } as const;
  const lines = text.split('\n').map(line => ({ kind: kinds[line[0] as ' '], text: line.slice(1) }));
  return { lines, anchors: [], isAtEndOfFile: false, ...more };
}
const patch = (path: string, ...hunks: PatchHunk[]): FileEdit => ({ type: 'hunks', path, hunks });

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');

describe('applying edits', () => {
  describe('search and replace', () => {
    it('replaces the one place', async () => {
      assert.deepEqual(await texts(apply({ a: 'x\ny\nz\n' }, blocks('a', replace('y\n', 'Y\n')))), { a: 'x\nY\nz\n' });
    });

    it('applies several blocks whatever their order, and blocks that quote what another one changes', async () => {
      const edit = blocks(
        'a',
        replace('c\nd\n', 'c\nD\n'),
        replace('a\nb\nc\n', 'a\nB\nc\n'),
        replace('b\nc\n', 'b\nc\nc2\n'),
      );
      assert.deepEqual(await texts(apply({ a: 'a\nb\nc\nd\n' }, edit)), { a: 'a\nB\nc\nc2\nD\n' });
    });

    it('moves a block, in either order of its two halves', async () => {
      const [remove, insert] = [replace('m1\nm2\n', ''), replace('end\n', 'end\nm1\nm2\n')];
      const before = { a: 'x\nm1\nm2\ny\nend\n' };
      assert.deepEqual(await texts(apply(before, blocks('a', remove, insert))), { a: 'x\ny\nend\nm1\nm2\n' });
      assert.deepEqual(await texts(apply(before, blocks('a', insert, remove))), { a: 'x\ny\nend\nm1\nm2\n' });
    });

    it('finds a block in what an earlier one wrote, when it is nowhere else', async () => {
      const edit = blocks('a', replace('x\n', 'x\nfresh\n'), replace('fresh\n', 'ripe\n'));
      assert.deepEqual(await texts(apply({ a: 'x\ny\n' }, edit)), { a: 'x\nripe\ny\n' });
    });

    it('takes a block that is sent twice as meant once', async () => {
      const block = replace('x\n', 'x\nadded\n');
      assert.deepEqual(await texts(apply({ a: 'x\ny\n' }, blocks('a', block, block))), { a: 'x\nadded\ny\n' });
    });

    it('refuses what is in several places and lists them', async () => {
      const [problem] = await problems(apply({ a: 'x\n1\nx\n2\n' }, blocks('a', replace('x\n', 'y\n'))));
      assert.equal(problem?.kind, 'ambiguous');
      assert.match(problem.reason, /2 places \(lines 1, 3\)/);
      assert.equal(problem.nearest.length, 2);
    });

    it('refuses what is nowhere and shows the nearest lines with their numbers', async () => {
      const tree = { a: `${numbered(50)}function total(items) {\n  return sum(items);\n}\n` };
      const edit = blocks('a', replace('function total(items) {\n  return add(items);\n}\n', 'gone\n'));
      const [problem] = await problems(apply(tree, edit));
      assert.equal(problem?.kind, 'noMatch');
      assert.equal(problem.nearest[0]?.startLine, 50);
      assert.ok(problem.nearest[0].lines.includes('  return sum(items);'));
    });

    it('never matches a part of a line', async () => {
      const [problem] = await problems(apply({ a: 'return total;\n' }, blocks('a', replace('return tot', 'x'))));
      assert.equal(problem?.kind, 'noMatch');
    });

    it('refuses two blocks that change the same line', async () => {
      const edit = blocks('a', replace('x\ny\n', 'x\nY1\n'), replace('y\nz\n', 'Y2\nz\n'));
      assert.equal((await problems(apply({ a: 'x\ny\nz\n' }, edit)))[0]?.kind, 'overlap');
    });

    it('creates a file with an empty search, and never over one that is there', async () => {
      assert.deepEqual(await texts(apply({}, blocks('a', replace('', 'new\n')))), { a: 'new\n' });
      assert.equal((await problems(apply({ a: 'old\n' }, blocks('a', replace('', 'new\n')))))[0]?.kind, 'exists');
    });
  });

  describe('the ladder', () => {
    const cases: [name: string, before: string, search: string, replacement: string, after: string][] = [
      ['other line ends', 'a\r\nb\r\nc\r\n', 'b\n', 'B\nB2\n', 'a\r\nB\r\nB2\r\nc\r\n'],
      ['trailing space in the file', 'a  \nb\t\nc\n', 'a\nb\n', 'a\nB\n', 'a  \nB\nc\n'],
      ['trailing space in the search', 'a\nb\n', 'a \nb \n', 'a \nB\n', 'a\nB\n'],
      [
        'an indent left out',
        'f:\n    if x:\n        y\n',
        'if x:\n    y\n',
        'if x:\n    y\n    z\n',
        'f:\n    if x:\n        y\n        z\n',
      ],
      ['an indent too many', 'if x:\n    y\n', '    if x:\n        y\n', '    if x:\n        z\n', 'if x:\n    z\n'],
      [
        'spaces for tabs',
        'a {\n\tb {\n\t\tc\n\t}\n}\n',
        '    b {\n        c\n    }\n',
        '    b {\n        c\n        d\n    }\n',
        'a {\n\tb {\n\t\tc\n\t\td\n\t}\n}\n',
      ],
      [
        'four spaces for two',
        'a {\n  b {\n    c\n  }\n}\n',
        'a {\n    b {\n        c\n',
        'a {\n    b {\n        c\n            d\n',
        'a {\n  b {\n    c\n      d\n  }\n}\n',
      ],
      [
        'plain quotes for typographic ones',
        'say “hi” – now\n',
        'say "hi" - now\n',
        'say "hi" - later\n',
        'say “hi” – later\n',
      ],
      ['typographic quotes for plain ones', "it's\n", 'it’s\n', 'it’s so\n', "it's so\n"],
      ['typographic quotes in what is new', "a = 'a';\n", 'a = ‘a’;\n', 'b = ‘b’;\n', "b = 'b';\n"],
    ];
    for (const [name, before, search, replacement, after] of cases) {
      it(`reads over ${name} and keeps what the file has`, async () => {
        assert.deepEqual(await texts(apply({ a: before }, blocks('a', replace(search, replacement)))), { a: after });
      });
    }

    it('writes new lines with the indentation that the file has throughout', async () => {
      const tabs = { a: 'f {\n\tx\n}\n' };
      const added = blocks('a', replace('}\n', '    if (y) {\n        z\n    }\n}\n'));
      assert.deepEqual(await texts(apply(tabs, added)), { a: 'f {\n\tx\n\tif (y) {\n\t\tz\n\t}\n}\n' });
      const whole = write('a', 'f {\n    x\n    y\n}\n');
      assert.deepEqual(await texts(apply(tabs, whole)), { a: 'f {\n\tx\n\ty\n}\n' });
    });

    it('changes the indentation where that is the edit', async () => {
      const tabs = { a: 'f {\n\tx\n\ty\n}\n' };
      const expected = { a: 'f {\n  x\n  y\n}\n' };
      assert.deepEqual(await texts(apply(tabs, blocks('a', replace('\tx\n\ty\n', '  x\n  y\n')))), expected);
      assert.deepEqual(await texts(apply(tabs, write('a', 'f {\n  x\n  y\n}\n'))), expected);
    });

    it('refuses an insertion whose context has lost its sign, and with it its indent', async () => {
      const edit = patch('a', hunk('+  new\n old'));
      assert.deepEqual(await texts(apply({ a: '  x\nold\n' }, edit)), { a: '  x\n  new\nold\n' });
      for (const insertion of [edit, patch('a', hunk('-\n+  new\n old'))]) {
        const [problem] = await problems(apply({ a: '\n old\n' }, insertion));
        assert.match(problem?.reason ?? '', /another indent/);
      }
    });

    it('refuses single lines that are off by some spaces, and takes no other width of levels for them', async () => {
      const file = { a: 'f(a) {\n    b {\n        c\n    }\n}\n' };
      for (const [search, replacement] of [
        ['f(a) {\n      b {\n', 'f(a) {\n            x\n      b {\n'],
        ['      b {\n        c\n', '      b {\n            x\n        c\n'],
      ] as const)
        assert.equal((await problems(apply(file, blocks('a', replace(search, replacement)))))[0]?.kind, 'noMatch');
    });

    it('prefers the exact place to a looser one', async () => {
      const result = texts(apply({ a: '  x\n---\nx\n' }, blocks('a', replace('x\n', 'y\n'))));
      assert.deepEqual(await result, { a: '  x\n---\ny\n' });
    });

    it('trusts no indent where another block has its indents shifted', async () => {
      const before = { a: 'f {\n  if (x) {\n    y\n  }\n}\n' };
      const shifted = replace('  f {\n    if (x) {\n', '  f {\n    if (z) {\n');
      const closing = replace('  }\n', '  }\n  end\n');
      assert.deepEqual(await texts(apply(before, blocks('a', closing))), {
        a: 'f {\n  if (x) {\n    y\n  }\n  end\n}\n',
      });
      const [problem] = await problems(apply(before, blocks('a', shifted, closing)));
      assert.equal(problem?.kind, 'ambiguous');
      assert.match(problem.reason, /lines 4, 5/);
    });

    it('refuses when a looser rung has two places', async () => {
      const [problem] = await problems(apply({ a: '  x\n---\n    x\n' }, blocks('a', replace('x\n', 'y\n'))));
      assert.equal(problem?.kind, 'ambiguous');
    });

    it('refuses indents that are not shifted as a whole', async () => {
      const edit = blocks('a', replace('if x:\n  y\n', 'if x:\n  z\n'));
      assert.equal((await problems(apply({ a: '  if x:\n        y\n   b\n' }, edit)))[0]?.kind, 'noMatch');
    });

    it('refuses new lines whose indent the shift says nothing about', async () => {
      const edit = blocks('a', replace('    x\n', '  y\n'));
      assert.equal((await problems(apply({ a: 'x\n' }, edit)))[0]?.kind, 'noMatch');
    });

    it('tells how loosely it had to read', async () => {
      const result = await apply({ a: '    x\n' }, blocks('a', replace('x\n', 'y\n')));
      assert.ok(result.ok);
      assert.equal(result.files[0]?.loosestMatch, 'indentation');
    });
  });

  describe('patches', () => {
    it('applies hunks by their lines alone', async () => {
      const edit = patch('a', hunk(' line 2\n-line 3\n+three\n line 4'), hunk(' line 8\n+eight and a half'));
      const after = numbered(9).replace('line 3', 'three').replace('line 8\n', 'line 8\neight and a half\n');
      assert.deepEqual(await texts(apply({ a: numbered(9) }, edit)), { a: after });
    });

    it('tells equal places apart by the anchors that open their blocks', async () => {
      const before = 'class A:\n  def f():\n    x\n  def g():\n    x\nclass B:\n  def f():\n    x\n';
      const edit = patch('a', hunk('-    x\n+    y', { anchors: ['class B', 'def f()'] }));
      const after = 'class A:\n  def f():\n    x\n  def g():\n    x\nclass B:\n  def f():\n    y\n';
      assert.deepEqual(await texts(apply({ a: before }, edit)), { a: after });
    });

    it('refuses a place that is not below the anchors', async () => {
      const edit = patch('a', hunk('-x\n+y', { anchors: ['class B'] }));
      assert.equal((await problems(apply({ a: 'x\nclass B\nz\n' }, edit)))[0]?.kind, 'noMatch');
    });

    it('refuses equal places whatever the heading of a unified diff says', async () => {
      const edit = patch('a', hunk('-  x\n+  y', { heading: 'def g():' }));
      const [problem] = await problems(apply({ a: 'def f():\n  x\n\ndef g():\n  x\n' }, edit));
      assert.equal(problem?.kind, 'ambiguous');
    });

    it('refuses equal places below an anchor that is in the file twice', async () => {
      const edit = patch('a', hunk('-  x\n+  y', { anchors: ['def f():'] }));
      const [problem] = await problems(apply({ a: 'def f():\n  x\n\n\ndef f():\n  1\n\n# end\n  x\n' }, edit));
      assert.equal(problem?.kind, 'ambiguous');
    });

    it('does not place blank lines by their anchors', async () => {
      const edit = patch('a', hunk('-\n+x', { anchors: ['class A'] }));
      const [problem] = await problems(apply({ a: 'class A\n  1\n\nclass B\n\n' }, edit));
      assert.equal(problem?.kind, 'ambiguous');
    });

    it('shows the lines that two edits overlap in, that new text leaves out, and that an insertion may be near', async () => {
      const nearest = async (...hunks: PatchHunk[]) =>
        (await problems(apply({ a: numbered(90) }, patch('a', ...hunks))))[0]?.nearest.map(
          excerpt => excerpt.startLine,
        );
      assert.deepEqual(await nearest(hunk(' line 20\n-line 21'), hunk('-line 21\n line 22')), [19, 20]);
      assert.deepEqual(await nearest(hunk(' line 20\n-line 21\n+// ... rest of the code ...')), [19]);
      assert.deepEqual(await nearest(hunk('+line 50')), [49]);
      assert.deepEqual(await nearest(hunk('-nothing like it')), [1]);
    });

    it('tells equal places apart by the end of the file', async () => {
      const edit = patch('a', hunk('-x\n+y', { isAtEndOfFile: true }));
      assert.deepEqual(await texts(apply({ a: 'x\nz\nx\n' }, edit)), { a: 'x\nz\ny\n' });
    });

    it('appends at the end of the file and nowhere else without a line to go by', async () => {
      const append = patch('a', hunk('+z', { isAtEndOfFile: true }));
      assert.deepEqual(await texts(apply({ a: 'x\n' }, append)), { a: 'x\nz\n' });
      assert.equal((await problems(apply({ a: 'x\n' }, patch('a', hunk('+z')))))[0]?.kind, 'noMatch');
    });

    it('changes the final newline only when the patch says so', async () => {
      assert.deepEqual(await texts(apply({ a: 'x\ny' }, patch('a', hunk('-y\n+z')))), { a: 'x\nz' });
      const adds = patch('a', hunk('-y\n+z', { finalNewline: true }));
      assert.deepEqual(await texts(apply({ a: 'x\ny' }, adds)), { a: 'x\nz\n' });
      const drops = patch('a', hunk('-y\n+z', { finalNewline: false }));
      assert.deepEqual(await texts(apply({ a: 'x\ny\n' }, drops)), { a: 'x\nz' });
    });

    it('keeps a blank line that becomes the last one of a file without a final newline', async () => {
      assert.deepEqual(await texts(apply({ a: 'x\n\ny' }, patch('a', hunk('-y')))), { a: 'x\n\n' });
    });

    it('refuses an insertion in the middle of lines that another hunk deletes', async () => {
      const edit = patch('a', hunk('-1\n-2\n-3'), hunk(' 1\n+new\n 2'));
      assert.equal((await problems(apply({ a: '1\n2\n3\n' }, edit)))[0]?.kind, 'overlap');
    });
  });

  describe('whole files', () => {
    it('creates a file and fills an empty one', async () => {
      assert.deepEqual(await texts(apply({ b: '' }, write('a', 'x\n'), write('b', 'y\n'))), { a: 'x\n', b: 'y\n' });
    });

    it('keeps line ends, byte order mark and a missing final newline', async () => {
      const before = '\ufeffa\r\nb\nc';
      assert.deepEqual(await texts(apply({ f: before }, write('f', 'a\nB\nnew\nc\n'))), { f: '\ufeffa\r\nB\nnew\nc' });
    });

    it('keeps the executable bit', async () => {
      const result = await applyEdits([write('run.sh', 'new\n')], path =>
        Promise.resolve({ ok: true, path, version: fileVersion(Buffer.from('old\n'), true) }),
      );
      assert.ok(result.ok);
      assert.equal(result.files[0]?.after?.isExecutable, true);
    });

    it('refuses a comment that stands for code, unless the file has it', async () => {
      const edit = write('a', 'one\n// ... rest of the file unchanged ...\n');
      assert.equal((await problems(apply({ a: 'one\ntwo\n' }, edit)))[0]?.kind, 'elided');
      const kept = 'one\n// ... rest of the file unchanged ...\nthree\n';
      assert.equal((await texts(apply({ a: kept.replace('three', 'two') }, write('a', kept))))['a'], kept);
    });

    const standIns = [
      '// ...',
      '...',
      '// [...]',
      '// ⋮',
      '// . . .',
      '// rest unchanged',
      '// <rest of file unchanged>',
      '# code omitted for brevity',
      '// No changes below',
      '/* -- snip -- */',
      '// etc.',
      '// Your existing code here',
      '// one() and two() as before',
      '// Everything else stays the same',
      '// ... lines 7 to 20 ...',
      '<!-- existing markup -->',
      '<existing code>',
      '[rest of code]',
      '// 以下代码不变',
      '// ... restlicher Code ...',
      '// ... implementation ...',
    ];
    for (const line of standIns)
      it(`takes ${line} in place of lines for nothing but that, in a whole file and in a block`, async () => {
        const tree = { a: `head\n${numbered(4)}tail\n` };
        for (const edit of [write('a', `head\n  ${line}\ntail\n`), blocks('a', replace(numbered(4), `${line}\n`))])
          assert.deepEqual(
            (await problems(apply(tree, edit))).map(problem => problem.kind),
            ['elided'],
          );
      });

    it('takes a comment where nothing is lost by it, and one that says why the code is gone', async () => {
      const kept = 'head\n// the rest of it\nline 1\nline 2\nline 3\nline 4\ntail\n';
      const gone = 'head\n// Whoever needs the other lines finds them in lines.ts, which has all of them.\ntail\n';
      for (const after of [kept, gone])
        assert.equal((await texts(apply({ a: `head\n${numbered(4)}tail\n` }, write('a', after))))['a'], after);
    });

    it('refuses a diff, and lines with their numbers, for a file', async () => {
      const tree = { a: 'one\n  two\nthree\n', 'list.md': '- one\n- two\n' };
      for (const content of [' one\n-  two\n+  2\n three\n', '-three\n+3\n'])
        assert.match((await problems(apply(tree, write('a', content))))[0]?.reason ?? '', /is a diff/);
      assert.match((await problems(apply({}, write('new', '+one\n+\n+two\n'))))[0]?.reason ?? '', /is a diff/);
      for (const content of ['1 | one\n2 |   2\n3 | three\n', '1: one\n2:   2\n', '   9\tthree\n  10\t4\n'])
        assert.match((await problems(apply(tree, write('a', content))))[0]?.reason ?? '', /a number before/);
      for (const content of ['- one\n- 2\n  - three\n', '+ one\n+ two\n', '1: 2\n2: 3\n'])
        assert.equal((await texts(apply(tree, write('list.md', content))))['list.md'], content);
    });

    it('refuses what looks like a part of the file', async () => {
      const tree = { a: numbered(60) };
      const middle = numbered(60).split('\n').slice(20, 60).join('\n');
      for (const part of [middle, numbered(40), `${numbered(25)}the end\n`, 'line 30 changed\n'])
        assert.equal((await problems(apply(tree, write('a', part))))[0]?.kind, 'elided');
    });

    it('refuses one function of a short file for the file, and takes a short file that is written anew', async () => {
      const tree = { a: 'import x\n\none {\n  1\n}\n\ntwo {\n  2\n}\n' };
      for (const part of ['one {\n  11\n}\n', 'import x\n\none {\n  11\n}\n', 'two {\n  22\n}\n'])
        assert.equal((await problems(apply(tree, write('a', part))))[0]?.kind, 'elided');
      const shorter = { a: 'one {\n  1\n}\n\ntwo {\n  2\n}\n' };
      for (const whole of ['one {\n  1\n}\n\ntwo {}\n', 'three {\n  3\n}\n'])
        assert.deepEqual(await texts(apply(shorter, write('a', whole))), { a: whole });
    });

    it('refuses NUL characters and characters that a latin-1 file cannot hold', async () => {
      assert.equal((await problems(apply({}, write('a', 'x\0y\n'))))[0]?.kind, 'encoding');
      const latin1 = { a: Buffer.from([0x63, 0xe9, 0x0a, 0x78, 0x0a]) };
      assert.equal((await problems(apply(latin1, blocks('a', replace('x\n', '→\n')))))[0]?.kind, 'encoding');
      assert.equal((await problems(apply({}, write('a', 'x\ud800\n'))))[0]?.kind, 'encoding');
    });
  });

  describe('files', () => {
    it('deletes, moves, and edits what it moved', async () => {
      const edits: FileEdit[] = [
        { type: 'move', path: 'a', to: 'b' },
        blocks('b', replace('x\n', 'y\n')),
        { type: 'delete', path: 'c' },
      ];
      const result = await apply({ a: 'x\n', c: 'z\n' }, ...edits);
      assert.ok(result.ok);
      assert.equal(result.files.find(file => file.path === 'b')?.movedFrom, 'a');
      assert.deepEqual(await texts(Promise.resolve(result)), { a: undefined, b: 'y\n', c: undefined });
    });

    it('refuses to move onto a file, and to touch what is not there', async () => {
      assert.equal((await problems(apply({ a: '', b: '' }, { type: 'move', path: 'a', to: 'b' })))[0]?.kind, 'exists');
      for (const edit of [
        { type: 'move', path: 'x', to: 'y' },
        { type: 'delete', path: 'x' },
        { type: 'setExecutable', path: 'x', isExecutable: true },
        blocks('x', replace('a\n', 'b\n')),
      ] as FileEdit[])
        assert.equal((await problems(apply({}, edit)))[0]?.kind, 'missing');
    });

    it('deletes and moves binary files, and edits none', async () => {
      const tree = { a: new Uint8Array([0, 1, 2]), b: new Uint8Array([0]) };
      const moved = await apply(tree, { type: 'move', path: 'a', to: 'c' }, { type: 'delete', path: 'b' });
      assert.ok(moved.ok);
      assert.equal((await problems(apply(tree, write('a', 'text\n'))))[0]?.kind, 'encoding');
    });

    it('refuses a file that is too large', async () => {
      const tree = { a: Buffer.alloc(5_000_001, 'a\n') };
      assert.equal((await problems(apply(tree, blocks('a', replace('b\n', 'c\n')))))[0]?.kind, 'tooLarge');
    });

    it('applies nothing and reports everything when one edit fails', async () => {
      const found = await problems(
        apply(
          { a: 'x\n', b: 'y\n' },
          blocks('a', replace('x\n', 'z\n')),
          blocks('b', replace('q\n', 'z\n')),
          write('/etc/x', ''),
        ),
      );
      assert.deepEqual(
        found.map(problem => [problem.editIndex, problem.kind]),
        [
          [1, 'noMatch'],
          [2, 'path'],
        ],
      );
    });

    it('reports no change for an edit that changes nothing', async () => {
      assert.deepEqual(await texts(apply({ a: 'x\n' }, blocks('a', replace('x\n', 'x\n')), write('a', 'x\n'))), {});
    });
  });
});
