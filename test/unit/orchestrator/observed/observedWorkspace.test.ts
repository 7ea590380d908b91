import assert from 'node:assert/strict';
import { ObservedWorkspace } from '../../../../src/orchestrator/observed/observedWorkspace.ts';
import { MemoryWorkspace } from '../../../support/memoryWorkspace.ts';
import { recordedRun } from '../../../support/recordedRun.ts';

describe('ObservedWorkspace', () => {
  it('keeps what is read, listed and about to be edited, with its content', async () => {
    const { run, observer, seen } = recordedRun();
    const workspace = new ObservedWorkspace(new MemoryWorkspace({ 'src/a.ts': 'text' }), observer, run.contents);
    const version = await workspace.read('src/a.ts');
    assert.equal(await workspace.read('missing.ts'), undefined);
    await workspace.list('src');
    await workspace.list('nowhere');
    await workspace.permitEdit('src/a.ts');
    await workspace.permitEdit('/etc/passwd');
    assert.ok(version);
    assert.equal(Buffer.from(run.contents.get(version.hash) ?? '').toString(), 'text');
    const reference = { hash: version.hash, isExecutable: false };
    assert.deepEqual(seen(), [
      { what: 'file', subject: ['src/a.ts'], kept: { value: reference } },
      { what: 'file', subject: ['missing.ts'], kept: { value: null } },
      { what: 'folder', subject: ['src'], kept: { value: [{ name: 'a.ts', kind: 'file', isLink: false }] } },
      { what: 'folder', subject: ['nowhere'], kept: { value: null } },
      { what: 'edit', subject: ['src/a.ts'], kept: { value: { ok: true, version: reference } } },
      {
        what: 'edit',
        subject: ['/etc/passwd'],
        kept: { value: { ok: false, reason: 'the path is absolute; it must be relative to the workspace' } },
      },
    ]);
  });
});
