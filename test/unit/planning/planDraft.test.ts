import assert from 'node:assert/strict';
import type { ItemAnswer } from '../../../src/planning/planAnswer.ts';
import { draftPlan } from '../../../src/planning/planDraft.ts';
import { memoryProjectFiles } from '../../support/memoryProjectFiles.ts';

const answer = (id: string, changes: Partial<ItemAnswer> = {}): ItemAnswer => ({
  id,
  file_path: `src/${id}.ts`,
  description: `Write ${id}`,
  mode: 'coder',
  ...changes,
});
const files = memoryProjectFiles({ 'src/old.ts': '', 'src/deep/util.ts': '' }, ['link/out.ts']);
const problemsOf = async (...answers: ItemAnswer[]) => (await draftPlan(answers, files)).problems;

describe('draftPlan', () => {
  it('fills in what the answer leaves out', async () => {
    const { items, problems } = await draftPlan([answer('a', { file_path: './src//a.py', acceptance: [''] })], files);
    assert.deepEqual(problems, []);
    assert.deepEqual(items, [
      {
        id: 'a',
        filePath: 'src/a.py',
        description: 'Write a',
        mode: 'coder',
        language: 'python',
        fileStatus: 'new',
        dependencies: [],
        priority: 'normal',
      },
    ]);
  });

  it('says of each file whether it is there, whatever the answer says', async () => {
    const { items } = await draftPlan(
      [
        answer('a', { file_path: 'src/old.ts', file_status: 'new' }),
        answer('b', { file_status: 'existing' }),
        answer('c', { file_path: 'src/b.ts', dependencies: ['b', 'b'] }),
        answer('d', { file_path: 'src/e.ts', mode: 'analyzer' }),
        answer('e', { dependencies: ['d'] }),
      ],
      files,
    );
    assert.deepEqual(
      items.map(item => item.fileStatus),
      ['existing', 'new', 'existing', 'new', 'new'],
    );
    assert.deepEqual(items[2]?.dependencies, ['b']);
  });

  it('finds the folder that the model got wrong', async () => {
    assert.deepEqual(await problemsOf(answer('a', { file_path: 'util.ts', file_status: 'existing' })), [
      'Item "a": there is no file "util.ts"; there is "src/deep/util.ts". For a new file say "file_status": "new".',
    ]);
    assert.deepEqual(await problemsOf(answer('a', { file_path: 'util.ts' })), []);
  });

  for (const [path, problem] of [
    ['/etc/passwd', '"/etc/passwd" is absolute; it must be relative to the workspace'],
    ['../x.ts', '"../x.ts" leads out of the workspace'],
    ['src/../../x.ts', '"src/../../x.ts" leads out of the workspace'],
    ['.git/config', '".git/config" is inside .git, which Trellis never touches'],
    ['a\\b.ts', '"a\\b.ts" has a backslash in it; use "/"'],
  ] as const) {
    it(`refuses ${path}`, async () => {
      assert.deepEqual(await problemsOf(answer('a', { file_path: path })), [`Item "a": file_path: ${problem}.`]);
    });
  }

  it('refuses a folder, a file in a file, and a link out of the workspace', async () => {
    assert.deepEqual(
      await problemsOf(
        answer('a', { file_path: 'src' }),
        answer('b', { file_path: 'src/old.ts/b.ts' }),
        answer('c', { file_path: 'link/out.ts' }),
      ),
      [
        'Item "b": "src/old.ts/b.ts" lies in "src", which is the file of another item.',
        'Item "a": file_path "src" is a folder; name the file in it.',
        'Item "b": file_path "src/old.ts/b.ts" goes through "src/old.ts", which is a file and not a folder.',
        'Item "c": file_path "link/out.ts" cannot be used: "link/out.ts" is a link that leads out of the workspace.',
      ],
    );
  });

  it('refuses no items, too many, and ids that are no names', async () => {
    assert.deepEqual(await problemsOf(), ['work_items is empty: a plan needs at least one item.']);
    const many = Array.from({ length: 60 }, (_, index) => answer(`i${index}`));
    assert.deepEqual(await problemsOf(...many), [
      'The plan has 60 items and may have 50: merge some, or do less in each.',
    ]);
    assert.deepEqual(await problemsOf(answer('a\nb', { file_path: 'x.ts' })), [
      'The id "a\\nb" may have letters, digits, "_", "-" and "." only.',
    ]);
  });

  it('names what is wrong with the graph', async () => {
    const twins = [answer('a', { dependencies: ['ghost'] }), answer('a')];
    assert.deepEqual(await problemsOf(...twins), [
      'Two items have the id "a".',
      'Item "a" depends on "ghost", which is not in the plan.',
    ]);
    const circle = [answer('a', { dependencies: ['b'] }), answer('b', { dependencies: ['a'] })];
    assert.deepEqual(await problemsOf(...circle), ['The dependencies go round in a circle: a → b → a.']);
  });

  it('names a field that is too long', async () => {
    const [problem = ''] = await problemsOf(answer('a', { description: 'x'.repeat(30_000) }));
    assert.match(problem, /^Item "a": description: Too big/);
  });

  it('lets through what is not about the plan', async () => {
    const broken = { ...files, kindOf: async () => Promise.reject(new Error('EIO')) };
    await assert.rejects(draftPlan([answer('a')], broken), /EIO/);
  });
});
