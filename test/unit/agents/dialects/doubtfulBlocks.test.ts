import assert from 'node:assert/strict';
import { parseEdits } from '../../../../src/agents/dialects/parseEdits.ts';
import type { FileEdit, PatchHunk } from '../../../../src/domain/schema/changes.ts';

function edits(text: string): readonly FileEdit[] {
  const parsed = parseEdits(text);
  assert.deepEqual(parsed.problems, []);
  return parsed.edits;
}

function problems(text: string, defaultPath = ''): string[] {
  return parseEdits(text, { defaultPath }).problems.map(problem => problem.reason);
}

/** A hunk as a diff shows it. */
function shown(hunk: PatchHunk | undefined): string {
  const signs = { context: ' ', deleted: '-', added: '+' };
  return hunk?.lines.map(line => signs[line.kind] + line.text).join('\n') ?? '';
}

function hunksOf(edit: FileEdit | undefined): readonly PatchHunk[] {
  assert.equal(edit?.type, 'hunks');
  return edit.hunks;
}

describe('parseEdits: blocks that could be read in two ways', () => {
  it('refuses a block that closes the fence around it', () => {
    const block = (replacement: string) =>
      `x.md\n\`\`\`\n<<<<<<< SEARCH\na\n=======\n${replacement}\n>>>>>>> REPLACE\n\`\`\`\n`;
    assert.match(problems(block('b\n```'))[0] ?? '', /closed within the block/);
    for (const replacement of ['b', '```\nb\n```', '~~~\nb']) assert.deepEqual(problems(block(replacement)), []);
  });

  it('refuses a block below a line that names another file and is no path line', () => {
    const block = '<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n';
    for (const line of [
      'Now for `src/b.ts`:',
      '### Updated `src/b.ts`',
      '**Changes to src/b.ts:**',
      '**Datei: src/b.ts**',
    ])
      for (const text of [block, `\n\`\`\`ts\n${block}\`\`\`\n`, '```diff\n@@\n-a\n+b\n```\n'].map(
        text => `${line}\n${text}`,
      ))
        assert.match(problems(text, 'src/a.ts')[0] ?? '', /names src\/b\.ts/);
    for (const line of ['In `src/a.ts`:', 'In `a.ts`, as in `b.ts`:', 'This is for src/b.ts.', 'Use `path.join`:'])
      assert.deepEqual(problems(`${line}\n${block}`, 'src/a.ts'), []);
  });

  it('does not end at a line of the file that looks like its last one', () => {
    const head = '*** Begin Patch\n*** Update File: x.md\n@@\n-a\n+A\n *** End Patch\n';
    assert.equal(shown(hunksOf(edits(`${head}-b\n+B\n*** End Patch\n`)[0])[0]), '-a\n+A\n *** End Patch\n-b\n+B');
    assert.equal(shown(hunksOf(edits(head)[0])[0]), '-a\n+A', 'when there is no other');
    assert.match(problems(`${head.replace(' ***', '***')}-b\n+B\n*** End Patch\n`)[0] ?? '', /ends no patch/);
    assert.deepEqual(problems(`${head}*** End Patch\n\n*** End Patch\n`), []);
  });

  it('takes a fence marked as a diff whose one hunk has no row', () => {
    const [edit] = edits(`src/x.ts\n\`\`\`diff\n a\n\n-b\n+B\n c\n\`\`\`\n`);
    assert.equal(edit?.path, 'src/x.ts');
    assert.equal(shown(hunksOf(edit)[0]), ' a\n \n-b\n+B\n c');
    for (const body of ['a\n-b\n+B', ' a\n b', 'Binary'])
      assert.match(problems(`src/x.ts\n\`\`\`diff\n${body}\n\`\`\`\n`)[0] ?? '', /marked as a diff/);
    assert.match(problems('src/x.ts\n```diff\n-b\n+B\n')[0] ?? '', /never closed/);
    assert.deepEqual(edits('fix.patch\n```diff\n-b\n+B\n```\n'), [
      { type: 'writeFile', path: 'fix.patch', content: '-b\n+B\n', mustBeNew: false },
    ]);
  });
});
