import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseEdits } from '../../../src/agents/dialects/parseEdits.ts';
import { ValidationError } from '../../../src/base/errors.ts';
import { MemoryBlobStore } from '../../../src/changes/memoryBlobStore.ts';
import type { StagedView } from '../../../src/changes/stagedFiles.ts';
import { StagingOverlay } from '../../../src/changes/staging/stagingOverlay.ts';
import { DiskWorkspace } from '../../../src/changes/workspace/diskWorkspace.ts';
import type { FileEdit } from '../../../src/domain/schema/changes.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { snapshotTree, writeTree } from '../../support/treeSnapshot.ts';

const files = {
  'src/a.ts': 'a\n',
  'aux.c': 'int x;\n',
  '.env': 'KEY=1\n',
  '.gitignore': 'dist/\n',
  'dist/x.js': 'x\n',
};

/** Every spelling of a path that is out of the workspace, or is none. */
const outside = [
  '/etc/passwd',
  '//etc/passwd',
  '../secret',
  'src/../../secret',
  './../secret',
  'src/..',
  'C:\\secret',
  'C:/secret',
  'c:secret',
  '\\secret',
  '\\\\server\\share\\secret',
  '//server/share/secret',
  '\\\\?\\C:\\secret',
  'src\\..\\..\\secret',
  '%2e%2e/secret',
  '%2E%2E%2Fsecret',
  'src/%2e%2e/%2e%2e/secret',
  '..%5csecret',
  'file:///etc/passwd',
  'out/secret',
  'secret-link',
  'loop/x',
  '.git/hooks/pre-commit',
  'git-link/config',
  'src/a.ts.',
  'src /a.ts',
  'src./a.ts',
  '.../secret',
  '~root\u0000/x',
  'src/a\u0000.ts',
];

/** Paths inside that no agent may make or change. */
const forbidden = [
  'SRC/b.ts',
  'SRC/a.ts',
  'src',
  'src/a.ts/b',
  'nul',
  'src/nul.py',
  'src/com1.txt',
  'a.ts:stream',
  'pipe',
  '.env',
  'dist/x.js',
  'dist/new.js',
  'node_modules/x/index.js',
  `${'n'.repeat(300)}.ts`,
];

const editsOf = (file: string): FileEdit[] => [
  { type: 'writeFile', path: file, content: 'evil\n', mustBeNew: false },
  { type: 'replaceBlocks', path: file, blocks: [{ search: 'root\n', replace: 'evil\n' }] },
  {
    type: 'hunks',
    path: file,
    hunks: [{ lines: [{ kind: 'added', text: 'evil' }], anchors: [], isAtEndOfFile: true }],
  },
  { type: 'delete', path: file },
  { type: 'move', path: file, to: 'src/moved.ts' },
  { type: 'move', path: 'src/a.ts', to: file },
  { type: 'setExecutable', path: file, isExecutable: true },
];

describe('paths of edits', () => {
  const temporary = useTemporaryDirectory();
  const project = () => path.join(temporary(), 'project');
  let view: StagedView;
  let staged: StagingOverlay;

  beforeEach(async () => {
    writeTree(project(), files);
    writeFileSync(path.join(temporary(), 'secret'), 'root\n');
    execFileSync('git', ['init', '-q', project()]);
    execFileSync('mkfifo', [path.join(project(), 'pipe')]);
    const links = { out: '..', 'secret-link': '../secret', loop: 'loop', 'git-link': '.git' };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, path.join(project(), name));
    const workspace = await DiskWorkspace.open(project());
    staged = new StagingOverlay({ workspace, blobs: new MemoryBlobStore() });
    view = await staged.viewFor('item', []);
  });

  for (const file of [...outside, ...forbidden])
    it(`are refused, with nothing staged: ${JSON.stringify(file.slice(0, 40))}`, async () => {
      for (const edit of editsOf(file)) {
        const sound: FileEdit = { type: 'writeFile', path: 'src/new.ts', content: 'x\n', mustBeNew: true };
        const result = await view.apply([sound, edit]);
        assert.ok(!result.ok, `${edit.type} of ${file}`);
        assert.ok(result.problems.every(problem => problem.reason.endsWith('.')));
      }
      assert.equal((await staged.treeFor('item')).size, 0);
      assert.equal(existsSync(path.join(project(), 'src/new.ts')), false);
      assert.equal(readFileSync(path.join(temporary(), 'secret'), 'utf8'), 'root\n');
    });

  for (const file of outside)
    it(`reach nothing by reading: ${JSON.stringify(file)}`, async () => {
      const looks = [() => view.read(file), () => view.readText(file), () => view.list(file)];
      const search = async () => (await view.search('root', { directory: file })).matches[0];
      for (const look of [...looks, search]) {
        const seen = await look().catch((error: unknown) => error);
        assert.ok(seen === undefined || seen instanceof ValidationError, String(seen));
      }
    });

  it('are refused in every dialect', async () => {
    for (const file of ['../secret', '/etc/passwd', 'out/secret']) {
      const replies = [
        `${file}\n\`\`\`\nevil\n\`\`\`\n`,
        `${file}\n<<<<<<< SEARCH\nroot\n=======\nevil\n>>>>>>> REPLACE\n`,
        `--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-root\n+evil\n`,
        `*** Begin Patch\n*** Update File: ${file}\n-root\n+evil\n*** End Patch\n`,
        `*** Begin Patch\n*** Update File: src/a.ts\n*** Move to: ${file}\n-a\n+evil\n*** End Patch\n`,
      ];
      for (const reply of replies) {
        const { edits, problems } = parseEdits(reply);
        assert.ok(problems.length > 0 || edits.length > 0, reply);
        assert.ok(problems.length > 0 || !(await view.apply(edits)).ok, reply);
      }
    }
    assert.equal((await staged.treeFor('item')).size, 0);
  });

  it('may be those of files that only Windows could not have, where such are there', async () => {
    const block = { search: 'int x;\n', replace: 'int y;\n' };
    const result = await view.apply([{ type: 'replaceBlocks', path: 'aux.c', blocks: [block] }]);
    assert.ok(result.ok);
    assert.equal(await view.readText('aux.c'), 'int y;\n');
    assert.deepEqual(
      snapshotTree(project(), ['.git', 'pipe', 'out', 'loop', 'git-link', 'secret-link'])['aux.c'],
      'int x;\n',
    );
  });
});
