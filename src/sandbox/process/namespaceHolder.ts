import { type ChildProcessByStdio, spawn } from 'node:child_process';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Disposable } from '../../base/disposable.ts';
import { AbortError, SandboxError } from '../../base/errors.ts';
import { killProcessGroup } from './killProcessGroup.ts';
import { namespaceScript } from './namespaceScript.ts';
import type { SystemTools } from './systemTools.ts';

/** How the private copy is made: a view over the workspace, or real copies of its files. */
export type CopyStrategy = 'overlay' | 'copy';

export interface HolderOptions {
  readonly tools: SystemTools;
  /** Whom the copy belongs to when Trellis runs as root, which must not be who runs the code. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  readonly diskBytes: number;
  readonly strategy: CopyStrategy;
  /** Absolute path of the workspace, links resolved. */
  readonly root: string;
  /** Folders that appear, in this order, as `/tmp/bind/0`, `/tmp/bind/1` and so on. */
  readonly bindSources: readonly string[];
}

/** Empty files cost memory too: one for each of so many bytes of disk. */
const BYTES_PER_FILE = 4096;
const MAX_ERROR_CHARACTERS = 4000;
/** How long process 1 has to end when asked, before it is killed. */
const END_GRACE_MS = 3000;

/**
 * Keeps a session's namespaces alive. They die with it: when it is closed, when it is killed, and when Trellis is.
 */
export class NamespaceHolder implements Disposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #pid: number;
  readonly #hasOwnUsers: boolean;
  /** Settles when process 1 and everything under it are dead. */
  readonly #ended: Promise<void>;
  #answers: string[] = [];
  #partialAnswer = '';
  #errorOutput = '';
  #hasEnded = false;
  #wake: (() => void) | undefined;

  private constructor(child: ChildProcessByStdio<Writable, Readable, Readable>, pid: number, hasOwnUsers: boolean) {
    this.#child = child;
    this.#pid = pid;
    this.#hasOwnUsers = hasOwnUsers;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#partialAnswer + text).split('\n');
      this.#partialAnswer = lines.pop() ?? '';
      this.#answers.push(...lines);
      this.#wake?.();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errorOutput = (this.#errorOutput + text).slice(0, MAX_ERROR_CHARACTERS);
    });
    // A request written to a holder that died is noticed by its end.
    child.stdin.on('error', () => undefined);
    this.#ended = new Promise(resolve => {
      child.once('close', () => {
        this.#hasEnded = true;
        this.#wake?.();
        resolve();
      });
    });
  }

  /**
   * Makes the namespaces and, with the strategy `overlay`, the copy. Throws `SandboxError` with what the system said, `AbortError` on abort.
   */
  static async start(options: HolderOptions, { signal }: { readonly signal: AbortSignal }): Promise<NamespaceHolder> {
    const isAborted = () => signal.aborted;
    if (isAborted()) throw new AbortError();
    const { tools, owner } = options;
    const child = spawn(
      tools.unshare,
      [
        ...(owner === undefined ? ['--user', '--map-root-user'] : []),
        ...['--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc', '--'],
        // Its input is a socket, by which bash takes itself for a remote login and would read the user's settings.
        ...[tools.bash, '--norc', '-c', namespaceScript],
        'trellis-sandbox',
        String(options.diskBytes),
        String(Math.ceil(options.diskBytes / BYTES_PER_FILE)),
        owner === undefined ? '' : `${owner.uid}:${owner.gid}`,
        options.strategy,
        options.root,
        ...options.bindSources,
      ],
      {
        cwd: '/',
        detached: true,
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', cause => {
        reject(new SandboxError(`The sandbox could not be started: ${cause.message}.`, { cause }));
      });
    });
    if (child.pid === undefined) throw new SandboxError('The sandbox could not be started: it has no process.');
    const holder = new NamespaceHolder(child, child.pid, owner === undefined);
    const onAbort = () => void holder.dispose();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await holder.#answer();
      return holder;
    } catch (error) {
      await holder.dispose();
      throw isAborted() ? new AbortError(undefined, { cause: error }) : error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Whether process 1 has ended, by itself or because it was killed. Its number may then belong to another process. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Arguments of `nsenter` for a program that is to run in the namespaces. */
  get enterArguments(): readonly string[] {
    const namespace = (name: string) => `/proc/${this.#pid}/ns/${name}`;
    return [
      ...(this.#hasOwnUsers ? [`--user=${namespace('user')}`, '--preserve-credentials'] : []),
      `--mount=${namespace('mnt')}`,
      `--pid=${namespace('pid_for_children')}`,
    ];
  }

  /** Host path of something in the session's `/tmp`. Absolute links below it lead to the host: open without following. */
  hostPath(name: string): string {
    return path.join(`/proc/${this.#pid}/root/tmp`, name);
  }

  /** Has the copy made from the names in the file `list`, or given to the owner. Throws `SandboxError` when that fails. */
  async request(request: 'copy' | 'own'): Promise<void> {
    this.#child.stdin.write(`${request}\n`);
    await this.#answer();
  }

  /** Ends everything that runs in the namespaces, and waits until it is dead and the copy is gone. Never throws; may be called again. */
  async dispose(): Promise<void> {
    this.#child.stdin.end();
    const timer = setTimeout(() => {
      killProcessGroup(this.#pid);
    }, END_GRACE_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  /** The next line that process 1 answers. One caller at a time. */
  async #answer(): Promise<string> {
    for (;;) {
      const answer = this.#answers.shift();
      if (answer !== undefined) return answer;
      if (this.#hasEnded) {
        throw new SandboxError(`The sandbox could not be set up: ${this.#errorOutput.trim() || 'it ended by itself.'}`);
      }
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
