import assert from 'node:assert/strict';
import { parseEdits } from '../../../../src/agents/dialects/parseEdits.ts';
import type { FileEdit, PatchHunk } from '../../../../src/domain/schema/changes.ts';

const lines = (...parts: string[]) => parts.join('\n');

function edits(text: string, defaultPath?: string): readonly FileEdit[] {
  const parsed = parseEdits(text, defaultPath === undefined ? {} : { defaultPath });
  assert.deepEqual(parsed.problems, []);
  return parsed.edits;
}

function problems(text: string, defaultPath?: string): string[] {
  const parsed = parseEdits(text, defaultPath === undefined ? {} : { defaultPath });
  return parsed.problems.map(problem => problem.reason);
}

const write = (path: string, content: string): FileEdit => ({ type: 'writeFile', path, content, mustBeNew: false });
const replace = (path: string, ...blocks: [search: string, replace: string][]): FileEdit => ({
  type: 'replaceBlocks',
  path,
  blocks: blocks.map(([search, replacement]) => ({ search, replace: replacement })),
});

/** A hunk as a diff shows it. */
function shown(hunk: PatchHunk | undefined): string {
  const signs = { context: ' ', deleted: '-', added: '+' };
  return hunk?.lines.map(line => signs[line.kind] + line.text).join('\n') ?? '';
}
function hunksOf(edit: FileEdit | undefined): readonly PatchHunk[] {
  assert.equal(edit?.type, 'hunks');
  return edit.hunks;
}

describe('parseEdits', () => {
  it('finds no edit in prose, in examples and in nothing', () => {
    for (const text of ['', 'Just words.', 'Run:\n```sh\nnpm test\n```\nDone.', '```ts\nconst example = 1;\n```'])
      assert.deepEqual(parseEdits(text), { edits: [], problems: [], ranges: [] });
  });

  describe('whole files', () => {
    const body = 'const a = 1;\n';
    const pathLines = [
      'src/a.ts',
      '`src/a.ts`',
      '**src/a.ts**',
      '**`src/a.ts`**',
      '### src/a.ts',
      '### `src/a.ts`:',
      'File: src/a.ts',
      '**File:** `src/a.ts`',
      'File path: `src/a.ts`',
      'src/a.ts:',
      '- src/a.ts',
      '1. `src/a.ts`',
      '#### 2. `src/a.ts` (new file)',
      'src/a.ts (new)',
      '"src/a.ts"',
      '[src/a.ts](src/a.ts)',
      '**[src/a.ts](./src/a.ts)**:',
      'Create: src/a.ts',
    ];
    for (const line of pathLines)
      it(`takes the path line ${line}`, () =>
        assert.deepEqual(edits(`Words.\n\n${line}\n\`\`\`ts\n${body}\`\`\`\n`), [write('src/a.ts', body)]));

    for (const info of [
      'src/a.ts',
      'ts src/a.ts',
      'ts:src/a.ts',
      'typescript title="src/a.ts"',
      'ts {file=src/a.ts}',
      'ts (src/a.ts)',
    ])
      it(`takes the path in the fence ${info}`, () =>
        assert.deepEqual(edits(`Words.\n\`\`\`${info}\n${body}\`\`\``), [write('src/a.ts', body)]));

    for (const path of [
      'Makefile',
      '.gitignore',
      'Dockerfile',
      'src/app/[id]/page.tsx',
      '.github/workflows/ci.yml',
      'a b.txt',
    ])
      it(`takes ${path} for a path`, () => assert.deepEqual(edits(`\`${path}\`\n~~~\nx\n~~~`), [write(path, 'x\n')]));

    for (const line of [
      'Here is an example:',
      'e.g.',
      'Note.',
      'Use `npm test`',
      'Then, in short:',
      '1.2.3',
      '...',
      'See https://a.example/b.ts',
    ])
      it(`does not take "${line}" for a path`, () => assert.deepEqual(edits(`${line}\n\`\`\`\nx\n\`\`\``), []));

    it('takes several, with prose and blank lines between', () => {
      const text = 'First:\n\na.ts\n\n```ts\na\n```\n\nThen:\n\n`b/c.ts`\n```ts\nb\n```\nDone.';
      assert.deepEqual(edits(text), [write('a.ts', 'a\n'), write('b/c.ts', 'b\n')]);
    });

    it('keeps fences inside that say what they hold, or are shorter', () => {
      const inner = 'Text\n\n```js\nx\n```\n\nmore\n';
      assert.deepEqual(edits(`README.md\n\`\`\`md\n${inner}\`\`\`\n`), [write('README.md', inner)]);
      const anonymous = 'Text\n```\nx\n```\nmore\n```\ny\n```\n';
      assert.deepEqual(edits(`README.md\n\`\`\`\`md\n${anonymous}\`\`\`\`\n`), [write('README.md', anonymous)]);
      assert.deepEqual(edits(`README.md\n~~~~\n~~~\nx\n~~~\n~~~~\n`), [write('README.md', '~~~\nx\n~~~\n')]);
    });

    it('refuses where the end of the file is not certain', () => {
      const text = 'README.md\n```md\nText\n```\nx\n```\nmore\n```\n';
      assert.match(problems(text)[0] ?? '', /which fence closes/);
      assert.match(problems('a.ts\n```ts\na\n')[0] ?? '', /never closed/);
      assert.match(problems('a.ts\n```ts\na\nb.ts\n```ts\nb\n```\n')[0] ?? '', /never closed/);
      assert.match(problems('a.ts\n```\na\nb.ts\n```\nb\nc.ts\n```\nc\n```\n')[0] ?? '', /is not closed/);
    });

    it('refuses a fence that is marked as something else, or mixes blocks with other lines', () => {
      assert.match(problems('package.json\n```bash\nnpm i\n```')[0] ?? '', /marked "bash"/);
      const mixed = 'a.ts\n```ts\n1\n2\n3\n4\n5\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n```\n';
      assert.match(problems(mixed)[0] ?? '', /among other lines/);
      const stray = 'a.ts\n```ts\n1\n2\n3\n4\n5\nx\n=======\ny\n>>>>>>> REPLACE\n```\n';
      assert.match(problems(stray).join(), /not opened|among other/);
    });

    it('keeps a file with the markers of every dialect in a longer fence', () => {
      const content = lines(
        '# How to edit',
        'Some',
        'words',
        'first',
        'path',
        '<<<<<<< SEARCH',
        'x',
        '=======',
        'y',
        '>>>>>>> REPLACE',
        '*** Begin Patch',
        '*** Delete File: a',
        '*** End Patch',
        '--- a/x',
        '+++ b/x',
        '@@ -1 +1 @@',
        '-x',
        '+y',
        '```diff',
        '```',
        '',
      );
      assert.deepEqual(edits(`doc.md\n\`\`\`\`\n${content}\`\`\`\``), [write('doc.md', content)]);
    });

    it('refuses a block that has lost its first row, in a long fence too', () => {
      const text = 'a.md\n````md\n1\n2\n3\n4\nx\n=======\ny\n>>>>>>> REPLACE\n````\n';
      assert.match(problems(text)[0] ?? '', /other rows are missing/);
    });

    it('refuses the rows of a merge conflict, which may be meant for a block', () => {
      const text = 'a.ts\n```ts\n<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> branch\n```\n';
      assert.match(problems(text)[0] ?? '', /of a conflict/);
      assert.match(problems(text.replace(' HEAD', '').replace(' branch', ''))[0] ?? '', /of a conflict/);
      const longer = text.replaceAll('```', '````');
      assert.deepEqual(edits(longer), [write('a.ts', '<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> branch\n')]);
    });

    it('takes a file out of a list without the indent of its fence', () => {
      const text = '1. `src/a.py`\n\n   ```py\n   if x:\n       y\n\n   z\n   ```\n';
      assert.deepEqual(edits(text), [write('src/a.py', 'if x:\n    y\n\nz\n')]);
      const less = 'src/a.py\n  ```py\nif x:\n    y\n  ```\n';
      assert.deepEqual(edits(less), [write('src/a.py', 'if x:\n    y\n')]);
    });

    it('takes an empty file', () =>
      assert.deepEqual(edits('src/__init__.py\n```python\n```'), [write('src/__init__.py', '')]));
  });

  describe('search and replace', () => {
    const block = lines('<<<<<<< SEARCH', 'old', '=======', 'new', '>>>>>>> REPLACE');
    const expected = [replace('src/a.ts', ['old\n', 'new\n'])];
    const places: [name: string, text: string][] = [
      ['path above the fence', lines('src/a.ts', '```ts', block, '```')],
      ['path inside the fence', lines('```ts', 'src/a.ts', block, '```')],
      ['path as a comment inside the fence', lines('```ts', '// src/a.ts', block, '```')],
      ['path in the info', lines('```ts src/a.ts', block, '```')],
      ['path without a fence', lines('src/a.ts', block)],
      ['path with a blank line', lines('**src/a.ts**', '', '```', '', block, '```')],
      ['path behind the word', lines('```', block.replace('SEARCH', 'SEARCH src/a.ts'), '```')],
      ['ORIGINAL and UPDATED', lines('src/a.ts', block.replace('SEARCH', 'ORIGINAL').replace('REPLACE', 'UPDATED'))],
      ['small letters', lines('src/a.ts', block.replace('SEARCH', 'search').replace('REPLACE', 'Replace'))],
      ['nine signs', lines('src/a.ts', block.replaceAll(/([<=>])\1{6}/g, '$1$1$1$1$1$1$1$1$1'))],
      ['dashes', lines('src/a.ts', '------- SEARCH', 'old', '=======', 'new', '+++++++ REPLACE')],
      ['rows of different lengths', lines('src/a.ts', '<<<<<<< SEARCH', 'old', '======', 'new', '>>>>>>>> REPLACE')],
      ['a closing row without a word', lines('src/a.ts', '<<<<<<< SEARCH', 'old', '=======', 'new', '>>>>>>>')],
      [
        'line hints',
        lines('src/a.ts', '<<<<<<< SEARCH', ':start_line:4', '-------', 'old', '=======', 'new', '>>>>>>> REPLACE'),
      ],
      ['trailing space', lines('src/a.ts ', '<<<<<<< SEARCH ', 'old', '======= ', 'new', '>>>>>>> REPLACE ')],
      ['carriage returns', lines('src/a.ts', block).replaceAll('\n', '\r\n')],
    ];
    for (const [name, text] of places) it(`takes a block with ${name}`, () => assert.deepEqual(edits(text), expected));

    it('takes several blocks, of one file and of several, with the path said once', () => {
      const text = lines(
        'src/a.ts',
        '```ts',
        '<<<<<<< SEARCH\na\n=======\nA\n>>>>>>> REPLACE',
        '',
        '<<<<<<< SEARCH\nb\n=======\nB\n>>>>>>> REPLACE',
        '```',
        'And in the other file:',
        '`src/b.ts`',
        '```ts',
        '<<<<<<< SEARCH\nc\n=======\n>>>>>>> REPLACE',
        '```',
        'Once more:',
        '```ts',
        '<<<<<<< SEARCH\nd\n=======\nD\n>>>>>>> REPLACE',
        '```',
      );
      assert.deepEqual(edits(text), [
        replace('src/a.ts', ['a\n', 'A\n'], ['b\n', 'B\n']),
        replace('src/b.ts', ['c\n', ''], ['d\n', 'D\n']),
      ]);
    });

    it('creates a file with an empty search', () =>
      assert.deepEqual(edits(lines('new.ts', '<<<<<<< SEARCH', '=======', 'x', '>>>>>>> REPLACE')), [
        replace('new.ts', ['', 'x\n']),
      ]));

    it('is for the default path when none is said, and a problem without one', () => {
      assert.deepEqual(edits(block, 'src/a.ts'), expected);
      assert.match(problems(block)[0] ?? '', /does not say which file/);
    });

    it('keeps markers of another length that the text holds', () => {
      const inner = '<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE';
      const text = lines('doc.md', '<<<<<<<<< SEARCH', inner, '=========', 'none', '>>>>>>>>> REPLACE');
      assert.deepEqual(edits(text), [replace('doc.md', [`${inner}\n`, 'none\n'])]);
      const heading = lines('a.rst', '<<<<<<< SEARCH', 'Title', '=====', '=======', 'Name', '=====', '>>>>>>> REPLACE');
      assert.deepEqual(edits(heading), [replace('a.rst', ['Title\n=====\n', 'Name\n=====\n'])]);
      const conflict = lines(
        'a.txt',
        '<<<<<<< SEARCH',
        '<<<<<<< HEAD',
        'x',
        '>>>>>>> branch',
        '=======',
        'x',
        '>>>>>>> REPLACE',
      );
      assert.deepEqual(edits(conflict), [replace('a.txt', ['<<<<<<< HEAD\nx\n>>>>>>> branch\n', 'x\n'])]);
    });

    const broken: [name: string, text: string, reason: RegExp][] = [
      ['no closing row', lines('a.ts', '<<<<<<< SEARCH', 'x', '=======', 'y'), /no closing row/],
      ['no dividing row', lines('a.ts', '<<<<<<< SEARCH', 'x', '>>>>>>> REPLACE'), /no dividing row/],
      [
        'two dividing rows',
        lines('a.ts', '<<<<<<< SEARCH', 'x', '=======', 'y', '=======', 'z', '>>>>>>> REPLACE'),
        /several rows/,
      ],
      ['no opening row', lines('a.ts', 'x', '=======', 'y', '>>>>>>> REPLACE'), /not opened/],
      [
        'a closing row that belongs to no block in it',
        lines('a.ts', '<<<<<<< SEARCH', 'x', '=======', 'y', '>>>>>>>>> REPLACE', 'z', '>>>>>>> REPLACE'),
        /no closing row .* of its own/,
      ],
      ['a block that begins inside another', lines('a.ts', '<<<<<<< SEARCH', 'x', block), /no closing row/],
    ];
    for (const [name, text, reason] of broken)
      it(`refuses a block with ${name}`, () => assert.match(problems(text)[0] ?? '', reason));
  });

  describe('unified diffs', () => {
    const hunk = '@@ -1,3 +1,3 @@\n a\n-b\n+B\n c';
    const heads: [name: string, text: string][] = [
      ['both lines', `--- a/src/x.ts\n+++ b/src/x.ts\n${hunk}`],
      ['no prefixes', `--- src/x.ts\n+++ src/x.ts\n${hunk}`],
      ['only the new name', `+++ b/src/x.ts\n${hunk}`],
      ['only the old name', `--- a/src/x.ts\n${hunk}`],
      ['times', `--- src/x.ts\t2026-01-01 00:00:00\n+++ src/x.ts\t2026-01-01 00:00:00\n${hunk}`],
      ['git lines', `diff --git a/src/x.ts b/src/x.ts\nindex 1..2 100644\n--- a/src/x.ts\n+++ b/src/x.ts\n${hunk}`],
      ['quotes', `--- "a/src/x.ts"\n+++ "b/src/x.ts"\n${hunk}`],
      ['no numbers', `--- a/src/x.ts\n+++ b/src/x.ts\n${hunk.replace('@@ -1,3 +1,3 @@', '@@ ... @@')}`],
      ['wrong numbers', `--- a/src/x.ts\n+++ b/src/x.ts\n${hunk.replace('-1,3', '-70,9')}`],
      ['a lost space', `--- a/src/x.ts\n+++ b/src/x.ts\n${hunk.replace(' c', 'c')}`],
    ];
    for (const [name, diff] of heads) {
      it(`takes a diff with ${name}`, () => {
        const [edit, ...rest] = edits(`Words:\n\`\`\`diff\n${diff}\n\`\`\`\nMore words.`);
        assert.equal(edit?.path, 'src/x.ts');
        assert.equal(shown(hunksOf(edit)[0]), ' a\n-b\n+B\n c');
        assert.deepEqual(rest, []);
      });
    }

    it('takes a diff without a fence, and ends it where the prose begins', () => {
      const [edit] = edits(`--- a/x\n+++ b/x\n${hunk}\n\nThis changes b.\n- a list\n`);
      assert.equal(shown(hunksOf(edit)[0]), ' a\n-b\n+B\n c');
    });

    it('takes hunks without a header below a path line', () => {
      const [edit] = edits(`src/x.ts\n\`\`\`diff\n${hunk}\n@@ -9 +9 @@ class A\n-x\n\`\`\``);
      assert.equal(edit?.path, 'src/x.ts');
      assert.equal(hunksOf(edit)[1]?.heading, 'class A');
    });

    it('deletes a file only when it holds the lines that the diff takes out', () => {
      const diff = '--- a/old.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n';
      const [emptied, deleted] = edits(diff);
      assert.equal(shown(hunksOf(emptied)[0]), '-x');
      assert.deepEqual(deleted, { type: 'delete', path: 'old.ts' });
      assert.deepEqual(edits('--- a/old.ts\n+++ /dev/null\n'), [deleted]);
    });

    it('takes several files, creation, deletion, renames and modes', () => {
      const text = lines(
        '```diff',
        '--- /dev/null',
        '+++ b/new.ts',
        '@@ -0,0 +1,2 @@',
        '+x',
        '+y',
        '--- a/old.ts',
        '+++ /dev/null',
        '@@ -1 +0,0 @@',
        '-x',
        'diff --git a/m.ts b/n.ts',
        'similarity index 90%',
        'rename from m.ts',
        'rename to n.ts',
        '--- a/m.ts',
        '+++ b/n.ts',
        '@@ -1 +1 @@',
        '-x',
        '+y',
        'diff --git a/run.sh b/run.sh',
        'old mode 100644',
        'new mode 100755',
        '```',
      );
      const [created, , deleted, edited, moved, made] = edits(text);
      assert.deepEqual(created, { type: 'writeFile', path: 'new.ts', content: 'x\ny\n', mustBeNew: true });
      assert.deepEqual(deleted, { type: 'delete', path: 'old.ts' });
      assert.equal(edited?.path, 'm.ts');
      assert.deepEqual(moved, { type: 'move', path: 'm.ts', to: 'n.ts' });
      assert.deepEqual(made, { type: 'setExecutable', path: 'run.sh', isExecutable: true });
    });

    it('takes deleted and added lines that look like headers, and fences in a file', () => {
      const text = '```diff\n--- a/x.md\n+++ b/x.md\n@@ -1,4 +1,4 @@\n --- \n---- a\n+-- b\n ```\n c\n```\n';
      assert.equal(shown(hunksOf(edits(text)[0])[0]), ' --- \n---- a\n+-- b\n ```\n c');
      const lost = '```diff\n--- a/x.md\n+++ b/x.md\n@@ -1,4 +1,4 @@\n a\n```\n-b\n+B\n c\n```\n';
      assert.equal(shown(hunksOf(edits(lost)[0])[0]), ' a\n ```\n-b\n+B\n c');
    });

    it('reads what is said about the last line end', () => {
      const diff = (...body: string[]) => lines('```diff', '--- a/x', '+++ b/x', '@@ -1 +1 @@', ...body, '```');
      const note = '\\ No newline at end of file';
      const finalNewline = (text: string) => hunksOf(edits(text)[0])[0]?.finalNewline;
      assert.equal(finalNewline(diff('-x', note, '+y')), true);
      assert.equal(finalNewline(diff('-x', '+y', note)), false);
      assert.equal(finalNewline(diff('-x', note, '+y', note)), false);
      assert.equal(finalNewline(diff('-x', '+y')), undefined);
    });

    const broken: [name: string, text: string, reason: RegExp][] = [
      ['two names', `--- a/x\n+++ b/y\n${hunk}`, /names two files/],
      ['no hunk', '```diff\n--- a/x\n+++ b/x\n```', /no hunk/],
      ['an open fence', `\`\`\`diff\n--- a/x\n+++ b/x\n${hunk}`, /never closed/],
      ['a line without a sign', `--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\nb\n+B\n c\n`, /begins with none/],
      ['binary content', '```diff\ndiff --git a/x b/x\n--- a/x\n+++ b/x\nGIT binary patch\n```', /binary/],
      [
        'a link',
        '```diff\ndiff --git a/x b/x\nnew file mode 120000\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+y\n```',
        /links/,
      ],
    ];
    for (const [name, text, reason] of broken)
      it(`refuses a diff with ${name}`, () => assert.match(problems(text)[0] ?? '', reason));
  });

  describe('*** Begin Patch', () => {
    const patch = (...body: string[]) => lines('*** Begin Patch', ...body, '*** End Patch');

    it('takes additions, updates, deletions and moves', () => {
      const text = patch(
        '*** Add File: new.ts',
        '+x',
        '+',
        '+y',
        '*** Update File: src/a.ts',
        '*** Move to: src/b.ts',
        '@@ class A',
        '@@ def f():',
        ' a',
        '-b',
        '+B',
        '',
        '@@',
        '-last',
        '*** End of File',
        '',
        '*** Delete File: old.ts',
      );
      for (const reply of [text, `\`\`\`\n${text}\n\`\`\``, `Words.\n${text}\nMore.`]) {
        const [added, edited, moved, deleted] = edits(reply);
        assert.deepEqual(added, { type: 'writeFile', path: 'new.ts', content: 'x\n\ny\n', mustBeNew: true });
        const [first, second] = hunksOf(edited);
        assert.equal(shown(first), ' a\n-b\n+B');
        assert.deepEqual(first?.anchors, ['class A', 'def f():']);
        assert.equal(shown(second), '-last');
        assert.deepEqual([second?.anchors, second?.isAtEndOfFile], [[], true]);
        assert.deepEqual(moved, { type: 'move', path: 'src/a.ts', to: 'src/b.ts' });
        assert.deepEqual(deleted, { type: 'delete', path: 'old.ts' });
      }
    });

    it('takes one out of a list, with names in quotes', () => {
      const patch = [
        '*** Begin Patch',
        '*** Update File: `x.ts`',
        '@@',
        ' a',
        '-b',
        '+B',
        '*** Move to: "y.ts"',
        '*** End Patch',
      ];
      const [edit, move] = edits(patch.map(line => `   ${line}`).join('\n'));
      assert.equal(edit?.path, 'x.ts');
      assert.equal(shown(hunksOf(edit)[0]), ' a\n-b\n+B');
      assert.deepEqual(move, { type: 'move', path: 'x.ts', to: 'y.ts' });
    });

    it('ends where its fence does when the last line is missing', () => {
      const [edit] = edits('```\n*** Begin Patch\n*** Update File: a\n-x\n+y\n```\n');
      assert.equal(shown(hunksOf(edit)[0]), '-x\n+y');
    });

    it('takes one out of a command that would apply it', () => {
      const command = `\`\`\`bash\napply_patch <<'EOF'\n${patch('*** Delete File: a.ts')}\nEOF\n\`\`\`\n`;
      assert.deepEqual(edits(command), [{ type: 'delete', path: 'a.ts' }]);
    });

    const broken: [name: string, text: string, reason: RegExp][] = [
      ['no beginning', '*** Update File: a\n-x\n+y\n*** End Patch', /is not in a patch/],
      ['no end', '*** Begin Patch\n*** Update File: a\n-x\n+y', /no line "\*\*\* End Patch"/],
      ['no section', patch('-x'), /does not begin with/],
      ['lines before the first section', patch('-x', '*** Delete File: a'), /does not begin with/],
      ['an unknown line', patch('*** Update File: a', '*** Rename: b', '-x'), /unknown line/],
      ['an empty update', patch('*** Update File: a'), /no change/],
      ['lines below a deletion', patch('*** Delete File: a', '-x'), /can have no lines/],
      ['a new file with other lines', patch('*** Add File: a', '+x', 'y'), /does not begin with "\+"/],
    ];
    for (const [name, text, reason] of broken)
      it(`refuses a patch with ${name}`, () => assert.match(problems(text)[0] ?? '', reason));
  });

  it('takes all dialects in one reply, in their order, and says where they stand', () => {
    const parts = [
      'a.ts\n```ts\nx\n```\n',
      'b.ts\n```ts\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n```\n',
      '```diff\n--- a/c.ts\n+++ b/c.ts\n@@ -1 +1 @@\n-x\n+y\n```\n',
      '*** Begin Patch\n*** Delete File: d.ts\n*** End Patch\n',
    ];
    const text = parts.map((part, index) => `Step ${index}.\n\n${part}\n`).join('');
    const parsed = parseEdits(text);
    assert.deepEqual(
      parsed.edits.map(edit => edit.path),
      ['a.ts', 'b.ts', 'c.ts', 'd.ts'],
    );
    assert.deepEqual(
      parsed.ranges.map(range => text.slice(range.start, range.end)),
      parts,
    );
  });

  it('reports the first of many problems and counts the rest', () => {
    const reasons = problems('>>>>>>> REPLACE\n'.repeat(30));
    assert.equal(reasons.length, 21);
    assert.match(reasons.at(-1) ?? '', /^10 more/);
  });

  it('closes a fence that has a tag behind it, and leaves the tag to the protocol', () => {
    const bodies = [
      'a.ts\n```ts\nx\n```',
      'a.ts\n```ts\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n```',
      '```diff\n--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-x\n+y\n```',
      '```\n*** Begin Patch\n*** Update File: a.ts\n-x\n+y\n```',
    ];
    for (const body of bodies)
      for (const tag of ['</done>', ' </done>', '<done>changed</done>', '<run>npm test</run>']) {
        const text = `<done>\n${body}${tag}\n`;
        const parsed = parseEdits(text);
        assert.deepEqual([parsed.problems, parsed.edits.length], [[], 1], body + tag);
        assert.equal(text.slice(parsed.ranges[0]?.end), `${tag.trim()}\n`);
      }
    assert.match(problems('a.html\n```html\n```<div>\n')[0] ?? '', /never closed/);
  });

  it('ends with a problem where a diff names no file', () => {
    for (const head of ['diff --git a/src/a.ts b\r/src/b.ts', 'diff --git a b\nnew file mode 100644', '--- /dev/null'])
      assert.match(problems(`${head}\n@@ -0,0 +1 @@\n+x\n`)[0] ?? '', /which file/);
  });

  it('does not drop a fence that never closes after an edit', () => {
    assert.match(problems('a.ts\n```ts\nx\n```\n\nThen:\n```ts\nmore\n')[0] ?? '', /never closed/);
  });
});
