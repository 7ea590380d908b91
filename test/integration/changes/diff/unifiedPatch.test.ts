import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { unifiedPatch } from '../../../../src/changes/diff/unifiedPatch.ts';
import { mutateLines, randomLines } from '../../../support/randomLines.ts';
import { SeededRandom } from '../../../support/seededRandom.ts';
import { stagedChange } from '../../../support/stagedChange.ts';
import { useTemporaryDirectory } from '../../../support/temporaryDirectory.ts';
import { snapshotTree, writeTree } from '../../../support/treeSnapshot.ts';

describe('unifiedPatch', () => {
  const temporary = useTemporaryDirectory();

  function apply(files: Record<string, string>, patch: string, name = 'tree'): Record<string, string> {
    const root = path.join(temporary(), name);
    mkdirSync(root);
    writeTree(root, files);
    for (const file of Object.keys(files)) chmodSync(path.join(root, file), 0o644);
    execFileSync('git', ['apply', '--whitespace=nowarn', '-'], {
      cwd: root,
      input: patch,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    return snapshotTree(root);
  }

  it('writes what git applies: edits, new, deleted, renamed and executable files, odd names and missing line ends', () => {
    const long = Array.from({ length: 40 }, (_, index) => `line ${index}\n`).join('');
    const changes = [
      stagedChange('src/a b.ts', long, long.replace('line 3\n', '').replace('line 30', 'LINE 30')),
      stagedChange('new/file.ts', undefined, 'x\ny'),
      stagedChange('empty.ts', undefined, ''),
      stagedChange('gone.ts', 'gone\n', undefined),
      stagedChange('ends.ts', 'a\r\nb\r\nc', 'a\r\nB\r\nc\n'),
      stagedChange('moved to.ts', long, long.replace('line 9', 'nine'), 'moved.ts'),
      stagedChange('run.sh', 'x\n', { content: 'y\n', isExecutable: true }),
      stagedChange('say "hi".txt', 'x\n', 'y\n'),
      stagedChange('umläut.txt', '\ufeffx\n', '\ufeffy\n'),
    ];
    const before = {
      'src/a b.ts': long,
      'gone.ts': 'gone\n',
      'ends.ts': 'a\r\nb\r\nc',
      'moved.ts': long,
      'run.sh': 'x\n',
      'say "hi".txt': 'x\n',
      'umläut.txt': '\ufeffx\n',
    };
    const after = apply(before, unifiedPatch(changes));
    assert.deepEqual(
      Object.keys(after).sort(),
      changes
        .filter(change => change.after)
        .map(change => change.path)
        .sort(),
    );
    for (const change of changes) {
      const expected =
        change.after &&
        Buffer.from(change.after.content).toString('latin1') + (change.isExecutable ? ' [executable]' : '');
      assert.equal(after[change.path], expected, change.path);
    }
  });

  it('says of a file that is not UTF-8 only that it differs', () => {
    const patch = unifiedPatch([
      stagedChange('a.bin', { content: new Uint8Array([0]) }, { content: new Uint8Array([0, 1]) }),
    ]);
    assert.match(patch, /^Binary files a\/a\.bin and b\/a\.bin differ$/m);
  });

  it('is applied by git for 100 generated changes', () => {
    const before: Record<string, string> = {};
    const after: Record<string, string> = {};
    for (let seed = 1; seed <= 100; seed++) {
      const random = new SeededRandom(seed);
      const lines = randomLines(random, 1 + random.below(80), 5 + random.below(60));
      const end = random.pick(['\n', '\n', '']);
      before[`${seed}.txt`] = lines.join('\n') + random.pick(['\n', '\n', '']);
      after[`${seed}.txt`] = [...mutateLines(random, lines, 1 + random.below(8), 60), 'end'].join('\n') + end;
    }
    const patch = unifiedPatch(Object.keys(before).map(file => stagedChange(file, before[file], after[file])));
    assert.deepEqual(apply(before, patch), after);
  });
});
