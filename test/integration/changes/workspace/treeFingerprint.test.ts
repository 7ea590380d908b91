import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DiskWorkspace } from '../../../../src/changes/workspace/diskWorkspace.ts';
import { useTemporaryDirectory } from '../../../support/temporaryDirectory.ts';
import { writeProject } from '../../../support/trellisHarness.ts';

describe('the fingerprint of a workspace', () => {
  const directory = useTemporaryDirectory();
  const at = (file: string) => path.join(directory(), file);
  const { signal } = new AbortController();
  const fingerprint = async () => (await DiskWorkspace.open(directory())).fingerprint({ scope: 'all', signal });

  beforeEach(() => {
    writeProject(directory(), {
      'a.ts': 'a\n',
      'src/b.ts': 'b\n',
      '.gitignore': 'dist\n',
      'dist/out.js': 'out\n',
      '.env': 'KEY=1\n',
      'node_modules/p/index.js': 'p\n',
      '.git/HEAD': 'ref: refs/heads/main\n',
      '.trellis/trellis.db': '1',
    });
    symlinkSync('a.ts', at('link.ts'));
  });

  const differences: Record<string, () => void> = {
    'a file has other content of the same length and time': () => {
      utimesSync(at('a.ts'), 1, 1);
      writeFileSync(at('a.ts'), 'b\n');
      utimesSync(at('a.ts'), 1, 1);
    },
    'a file is new': () => writeFileSync(at('src/c.ts'), ''),
    'a file is gone': () => unlinkSync(at('src/b.ts')),
    'a file has another name': () => renameSync(at('src/b.ts'), at('src/c.ts')),
    'a file is executable': () => chmodSync(at('a.ts'), 0o755),
    'a link leads elsewhere': () => {
      unlinkSync(at('link.ts'));
      symlinkSync('src/b.ts', at('link.ts'));
    },
    'an empty folder is new': () => mkdirSync(at('empty')),
    'a secret is another': () => writeFileSync(at('.env'), 'KEY=22\n'),
    'an ignored file is another': () => writeFileSync(at('dist/out.js'), 'other\n'),
    'an installed package is another': () => writeFileSync(at('node_modules/p/index.js'), 'newer\n'),
  };
  for (const [name, change] of Object.entries(differences)) {
    it(`is another when ${name}`, async () => {
      const before = await fingerprint();
      change();
      assert.notEqual(await fingerprint(), before);
    });
  }

  it('is the same for the same, however often files are written, and whatever git and Trellis note', async () => {
    const before = await fingerprint();
    writeFileSync(at('a.ts'), 'a\n');
    utimesSync(at('src/b.ts'), 5, 5);
    writeFileSync(at('.git/HEAD'), 'ref: refs/heads/other\n');
    writeFileSync(at('.trellis/trellis.db'), '22');
    rmSync(at('link.ts'));
    symlinkSync('a.ts', at('link.ts'));
    assert.equal(await fingerprint(), before);
  });

  it('can leave out what is ignored and what is secret', async () => {
    const visible = async () => (await DiskWorkspace.open(directory())).fingerprint({ scope: 'visible', signal });
    const before = await visible();
    writeProject(directory(), { '.env': 'KEY=22\n', 'dist/out.js': 'other\n', 'dist/new/a.js': '' });
    assert.equal(await visible(), before);
    writeFileSync(at('src/b.ts'), 'c\n');
    assert.notEqual(await visible(), before);
  });

  it('can be cancelled', async () => {
    const workspace = await DiskWorkspace.open(directory());
    await assert.rejects(
      workspace.fingerprint({ scope: 'all', signal: AbortSignal.abort(new Error('enough')) }),
      /enough/,
    );
  });
});
