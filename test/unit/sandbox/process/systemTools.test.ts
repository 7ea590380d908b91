import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findProgram, findSystemTools } from '../../../../src/sandbox/process/systemTools.ts';
import { useTemporaryDirectory } from '../../../support/temporaryDirectory.ts';

describe('findSystemTools', () => {
  const folder = useTemporaryDirectory();

  function makeProgram(name: string, mode = 0o755): void {
    mkdirSync(path.dirname(path.join(folder(), name)), { recursive: true });
    writeFileSync(path.join(folder(), name), '', { mode });
  }

  it('finds every tool in the first folder that has it', async () => {
    for (const name of ['bash', 'bwrap', 'nsenter', 'prlimit', 'setpriv', 'unshare']) makeProgram(`second/${name}`);
    makeProgram('first/bash');
    const found = await findSystemTools(['first', 'second'].map(name => path.join(folder(), name)));
    assert.ok(found.ok);
    assert.equal(found.tools.bash, path.join(folder(), 'first/bash'));
    assert.equal(found.tools.bwrap, path.join(folder(), 'second/bwrap'));
  });

  it('names what is missing and the packages that have it, each once', async () => {
    makeProgram('bash');
    const found = await findSystemTools([folder()]);
    assert.deepEqual(found, {
      ok: false,
      missing: ['bwrap', 'nsenter', 'prlimit', 'setpriv', 'unshare'],
      packages: ['bubblewrap', 'util-linux'],
    });
  });

  it('passes over what cannot be executed', async () => {
    makeProgram('first/tool', 0o644);
    assert.equal(await findProgram('tool', [path.join(folder(), 'first'), path.join(folder(), 'missing')]), undefined);
  });
});
