import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { AbortError, SandboxError, ValidationError } from '../../base/errors.ts';
import type { CommandOutcome, CommandResult, SandboxLimits } from '../sandbox.ts';
import { FILTER_DESCRIPTOR, STATUS_DESCRIPTOR } from './bubblewrap.ts';
import { killIfAlive, killProcessGroup } from './killProcessGroup.ts';
import { OutputCollector } from './outputCollector.ts';
import type { SystemTools } from './systemTools.ts';

export interface RunSpecification {
  readonly tools: SystemTools;
  readonly enterArguments: readonly string[];
  /** Who runs the code when Trellis is root. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** What the process writes `0` to, to be counted with the session. */
  readonly joinFiles: readonly string[];
  readonly bubblewrapArguments: readonly string[];
  readonly seccompFilter: Uint8Array;
  readonly limits: SandboxLimits;
}

/**
 * Runs in the session's namespaces, in place of which comes `bwrap`. Joins the session's control groups, whose files are the first
 * arguments, after their number; without them nothing is run. Volunteers for the kernel's out-of-memory killer, and closes
 * what Trellis may have inherited open from its own parent. `-c` leaves nothing in `/proc/1/environ`.
 */
const LAUNCH_SCRIPT = String.raw`
count=$1
shift
while [ "$count" -gt 0 ]; do
  echo 0 >"$1" || exit
  shift
  count=$((count - 1))
done
{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
cd /proc/self/fd
for descriptor in *; do
  if [ "$descriptor" -gt ${STATUS_DESCRIPTOR} ]; then exec {descriptor}>&-; fi
done
cd /
exec -c "$@"
`;
/** How long the sandbox has to end after its process 1 was killed, before everything of it that can be found is. */
const KILL_GRACE_MS = 2000;

type EndReason = 'aborted' | 'timedOut' | 'outputLimit';

/**
 * Runs one command in a session's namespaces, and returns when everything it started is dead. Throws `AbortError`
 * on abort and `SandboxError` when the command could not even be started.
 */
export async function runCommand(
  specification: RunSpecification,
  { signal }: { readonly signal: AbortSignal },
): Promise<CommandResult> {
  const isAborted = () => signal.aborted;
  if (isAborted()) throw new AbortError();
  const startedAt = performance.now();
  const child = start(specification);
  let reason: EndReason | undefined;
  const end = (why: EndReason) => {
    if (reason !== undefined) return;
    reason = why;
    void killSandbox(child);
  };
  const onAbort = () => {
    end('aborted');
  };
  const output = new OutputCollector(specification.limits.outputBytes, () => {
    end('outputLimit');
  });
  const timer = setTimeout(() => {
    end('timedOut');
  }, specification.limits.wallTimeMs);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const status = await outcomeOf(child, specification.seccompFilter, output);
    if (isAborted()) throw new AbortError();
    const ending = reason === undefined ? endingOf(status, output.text('stderr')) : killedBy(reason);
    return {
      ...ending,
      stdout: output.text('stdout'),
      stderr: output.text('stderr'),
      isOutputTruncated: output.isTruncated,
      durationMs: performance.now() - startedAt,
      tier: 'process',
    };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

function start({ tools, enterArguments, owner, joinFiles, bubblewrapArguments }: RunSpecification): ChildProcess {
  const dropRoot =
    owner === undefined
      ? []
      : [tools.setpriv, `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--inh-caps=-all', '--'];
  try {
    return spawn(
      tools.nsenter,
      [
        ...[...enterArguments, '--', tools.bash, '--norc', '-c', LAUNCH_SCRIPT, 'trellis-launch'],
        ...[String(joinFiles.length), ...joinFiles, ...dropRoot, tools.bwrap, ...bubblewrapArguments],
      ],
      { cwd: '/', detached: true, env: {}, stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] },
    );
  } catch (cause) {
    throw new ValidationError('The command cannot be run: it is too long or has a zero byte in it.', { cause });
  }
}

/** Feeds and drains the child until it is gone; the result is what `bwrap` wrote to its status descriptor. */
function outcomeOf(child: ChildProcess, filter: Uint8Array, output: OutputCollector): Promise<string> {
  return new Promise((resolve, reject) => {
    let status = '';
    child.once('error', cause => {
      reject(new SandboxError(`The sandbox could not be started: ${cause.message}.`, { cause }));
    });
    child.once('exit', () => {
      // What is left when `bwrap` failed half-way still holds the pipes.
      if (child.pid !== undefined) killProcessGroup(child.pid);
    });
    child.once('close', () => {
      resolve(status);
    });
    if (child.pid === undefined) return;
    const filterPipe = child.stdio[FILTER_DESCRIPTOR] as Writable;
    filterPipe.on('error', () => undefined); // it ended before it read: the status tells
    filterPipe.end(filter);
    (child.stdio[STATUS_DESCRIPTOR] as Readable).setEncoding('utf8').on('data', (text: string) => {
      status += text;
    });
    output.collect(child.stdout as Readable, 'stdout');
    output.collect(child.stderr as Readable, 'stderr');
  });
}

type Ending = Pick<CommandResult, 'outcome' | 'exitCode' | 'signal'>;

function killedBy(reason: EndReason): Ending {
  const outcome: CommandOutcome = reason === 'outputLimit' ? 'outputLimit' : 'timedOut';
  return { outcome, exitCode: null, signal: 'SIGKILL' };
}

/** `bwrap` reports an exit code only for a command that it did start; like a shell it adds 128 to a signal's number. */
function endingOf(status: string, stderr: string): Ending {
  const match = /"exit-code": (\d+)/.exec(status);
  if (match === null) {
    if (/Can't chdir to/.test(stderr)) {
      throw new ValidationError('The command cannot be run: its working directory does not exist in the workspace.');
    }
    throw new SandboxError(`The sandbox could not start the command: ${stderr.trim() || 'it gave no reason'}.`);
  }
  const exitCode = Number(match[1]);
  if (exitCode === 127 && stderr.startsWith('prlimit: failed to execute')) {
    return { outcome: 'notFound', exitCode: null, signal: null };
  }
  const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
  return signal === undefined
    ? { outcome: 'exited', exitCode, signal: null }
    : { outcome: 'killed', exitCode: null, signal };
}

/**
 * Kills process 1 of the sandbox's innermost namespace, the grandchild of `nsenter`. The kernel then kills all others in it, and
 * `bwrap` and `nsenter` return only after the last of them is dead. Before it exists, kills `bwrap`. `nsenter` itself
 * is the last resort: the machine's process 1 would have to bury its child, and not every one does.
 */
async function killSandbox(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const [bubblewrap] = await childrenOf(pid);
  const [init] = bubblewrap === undefined ? [] : await childrenOf(bubblewrap);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const target = init ?? bubblewrap;
  if (target === undefined) {
    killProcessGroup(pid);
    return;
  }
  killIfAlive(target);
  const timer = setTimeout(() => {
    killProcessGroup(pid);
  }, KILL_GRACE_MS);
  child.once('exit', () => {
    clearTimeout(timer);
  });
}

/** Children of a single-threaded process; none when it is gone or the kernel does not tell. */
async function childrenOf(pid: number): Promise<number[]> {
  try {
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return []; // gone meanwhile: the caller falls back to the group
  }
}
