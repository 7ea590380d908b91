import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AbortError, ValidationError } from '../../../src/base/errors.ts';
import { openSandbox, type SandboxHost } from '../../../src/sandbox/select.ts';
import { neverAborted, shell } from '../../support/sandbox.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const TOOLS = ['bash', 'bwrap', 'nsenter', 'prlimit', 'setpriv', 'unshare'];

describe('openSandbox', () => {
  // Not below /tmp, which a session covers.
  const folder = useTemporaryDirectory('/var/tmp');
  const signal = neverAborted();

  async function reasonOn(host: Partial<SandboxHost>): Promise<string> {
    const availability = await openSandbox({ signal, host });
    if (availability.isAvailable) {
      await availability.sandbox.dispose();
      return 'available';
    }
    return availability.reason;
  }

  /** A folder of system programs in which some are replaced by a script. */
  function toolsWith(scripts: Readonly<Record<string, string>>): readonly string[] {
    for (const tool of TOOLS) {
      const file = path.join(folder(), tool);
      const script = scripts[tool];
      if (script === undefined) symlinkSync(`/usr/bin/${tool}`, file);
      else writeFileSync(file, `#!/bin/bash\n${script}\n`, { mode: 0o755 });
    }
    chmodSync(folder(), 0o755);
    return [folder()];
  }

  it('opens a sandbox that was seen to hold', async () => {
    assert.equal(await reasonOn({}), 'available');
    assert.equal(await reasonOn({ systemFolders: toolsWith({}) }), 'available');
  });

  it('says what to install', async () => {
    copyFileSync('/usr/bin/bash', path.join(folder(), 'bash'));
    assert.equal(
      await reasonOn({ systemFolders: [folder()] }),
      'The sandbox needs "bwrap", "nsenter", "prlimit", "setpriv", "unshare": run "apt-get install bubblewrap util-linux".',
    );
  });

  it('says where it works when this is not the place', async () => {
    for (const platform of ['darwin', 'win32']) assert.match(await reasonOn({ platform }), /run it on Linux/);
    assert.match(await reasonOn({ architecture: 'riscv64' }), /no filter of system calls for the processor "riscv64"/);
  });

  it('does not trust a bubblewrap that only runs the command', async () => {
    const pretend = `[ "$1" = --help ] && exit; printf '{ "exit-code": 0 }' >&4; while [ "$1" != -- ]; do shift; done; shift; exec "$@"`;
    const reason = await reasonOn({ systemFolders: toolsWith({ bwrap: pretend }) });
    assert.match(reason, /does not hold on this machine: it /);
  });

  it('does not trust a bubblewrap that leaves out one of its parts', async () => {
    const without = (option: string, values: number) => `
      arguments=()
      while [ $# -gt 0 ]; do
        if [ "$1" = ${option} ]; then shift ${1 + values}; else arguments+=("$1"); shift; fi
      done
      exec /usr/bin/bwrap "\${arguments[@]}"`;
    const systemFolders = toolsWith({ bwrap: without('--seccomp', 1) });
    assert.match(await reasonOn({ systemFolders }), /its system calls are not filtered/);
    writeFileSync(path.join(folder(), 'bwrap'), `#!/bin/bash\n${without('--unshare-all', 0)}\n`);
    assert.match(await reasonOn({ systemFolders }), /it reached a server on the host|could not|in the way/);
  });

  it('copies the files where the kernel refuses an overlay', async () => {
    const refusal = `for argument; do
        if [ "$argument" = overlay ]; then echo 'mount: overlay: unknown filesystem type' >&2; exit 1; fi
      done
      exec /usr/bin/unshare "$@"`;
    const systemFolders = toolsWith({ unshare: refusal });
    const availability = await openSandbox({ signal, host: { systemFolders } });
    assert.ok(availability.isAvailable);
    writeFileSync(path.join(folder(), 'file.txt'), 'copied');
    const output = await shell(availability.sandbox, folder(), 'stat --file-system --format=%T . ; cat file.txt');
    await availability.sandbox.dispose();
    assert.equal(output, 'tmpfs\ncopied');
  });

  it('says what the system said when namespaces are forbidden', async () => {
    const systemFolders = toolsWith({ unshare: 'echo "unshare: unshare failed: Operation not permitted" >&2; exit 1' });
    const reason = await reasonOn({ systemFolders });
    assert.match(reason, /unshare failed: Operation not permitted/);
    assert.match(reason, /sysctl -w kernel\.unprivileged_userns_clone=1/);
  });

  it('throws for an abort and for impossible limits, and for nothing else', async () => {
    await assert.rejects(openSandbox({ signal: AbortSignal.abort() }), AbortError);
    for (const diskBytes of [0, -1, 1.5, Number.NaN]) {
      await assert.rejects(openSandbox({ signal, limits: { diskBytes } }), ValidationError);
    }
  });
});
