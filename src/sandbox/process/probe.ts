import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import type { Sandbox } from '../sandbox.ts';

/** Checked inside; each line that it prints names a promise that was broken. `$1`: port of a server on the host, `$2`: a folder of the host. */
const PROBE_SCRIPT = String.raw`
(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && echo 'it reached a server on the host'
(echo escaped >"$2/escaped") 2>/dev/null
(echo escaped >/usr/trellis-escaped) 2>/dev/null && echo 'it wrote to /usr'
(echo escaped >/proc/sys/kernel/core_pattern) 2>/dev/null && echo 'it wrote to /proc/sys'
[ -s /proc/1/environ ] && echo 'it saw the environment of its parent'
while read -r name value _; do
  case $name in
    CapEff:) [ "$value" = 0000000000000000 ] || echo 'it has capabilities' ;;
    NoNewPrivs:) [ "$value" = 1 ] || echo 'it may gain privileges' ;;
    Seccomp:) [ "$value" = 2 ] || echo 'its system calls are not filtered' ;;
  esac
done </proc/self/status
echo written >own && [ -s own ] || echo 'it cannot write to its own copy'
exit 0
`;
const KILL_AFTER_MS = 50;
const PROBE_TIMEOUT_MS = 15_000;

/**
 * Runs real commands and says which promise the sandbox does not keep, or undefined when it keeps those that can be
 * checked quickly: no network, nothing written outside, a clean environment, no privileges, and a kill that kills. Throws
 * `SandboxError` when it does not even start.
 */
export async function probe(
  sandbox: Sandbox,
  options: { readonly signal: AbortSignal; readonly temporaryFolder: string },
): Promise<string | undefined> {
  const folder = await mkdtemp(path.join(options.temporaryFolder, 'trellis-probe-'));
  const server = await listen();
  try {
    return await probeIn(
      sandbox,
      folder,
      server,
      AbortSignal.any([options.signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]),
    );
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function probeIn(
  sandbox: Sandbox,
  folder: string,
  server: Server,
  signal: AbortSignal,
): Promise<string | undefined> {
  const session = await sandbox.open({ root: folder, changes: new Map() }, { signal });
  try {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '0';
    const checked = await session.run({ argv: ['/bin/bash', '-c', PROBE_SCRIPT, 'probe', port, folder] }, { signal });
    if (checked.outcome !== 'exited' || checked.exitCode !== 0)
      return `its first command ended with: ${checked.stderr}`;
    const [broken] = checked.stdout.split('\n');
    if (broken) return broken;
    if (await exists(path.join(folder, 'escaped'))) return 'it wrote to the host';
    const killed = await session.run(
      {
        argv: ['/bin/bash', '-c', "trap '' TERM HUP INT; sleep 600"],
        limits: { wallTimeMs: KILL_AFTER_MS },
      },
      { signal },
    );
    return killed.outcome === 'timedOut' ? undefined : 'a command that ran too long was not ended';
  } finally {
    await session.dispose();
  }
}

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(socket => socket.destroy());
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false; // which is what the probe hopes for
  }
}
