import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { AbortError, errorMessage } from '../base/errors.ts';
import { type Logger, silentLogger } from '../base/logger.ts';
import { defaultSandboxLimits, withLimits } from './limits.ts';
import { ControlGroups } from './process/controlGroups.ts';
import type { CopyStrategy } from './process/namespaceHolder.ts';
import { probe } from './process/probe.ts';
import { ProcessSandbox, type ProcessSandboxOptions } from './process/processSandbox.ts';
import { isFilteredArchitecture, seccompFilter } from './process/seccomp.ts';
import { findSystemTools, type SystemTools } from './process/systemTools.ts';
import type { SandboxAvailability, SandboxLimits } from './sandbox.ts';

export interface OpenSandboxOptions {
  readonly signal: AbortSignal;
  /** Replaces some of `defaultSandboxLimits`. */
  readonly limits?: Partial<SandboxLimits>;
  readonly logger?: Logger;
  /** How the private copy is made. `overlay` unless told otherwise, with `copy` where the kernel refuses that. */
  readonly strategy?: CopyStrategy;
  /** The host, for tests; this machine by default. */
  readonly host?: Partial<SandboxHost>;
}

export interface SandboxHost {
  readonly platform: string;
  readonly architecture: string;
  readonly isRoot: boolean;
  /** Where the system's programs are looked up. */
  readonly systemFolders: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly nodeExecutable: string | undefined;
}

/**
 * Finds a sandbox that holds on this machine, by trying it: commands are run that try to get out. Never steps down to running
 * without one. The caller disposes of the sandbox. Throws `ValidationError` for impossible limits, `AbortError` on abort.
 */
export async function openSandbox(options: OpenSandboxOptions): Promise<SandboxAvailability> {
  const { signal, logger = silentLogger } = options;
  const host: SandboxHost = { ...thisHost(), ...options.host };
  const limits = withLimits(defaultSandboxLimits, options.limits);
  if (host.platform !== 'linux') {
    return unavailable(
      'Trellis has no sandbox for this operating system yet; run it on Linux, in WSL or in a container.',
    );
  }
  if (!isFilteredArchitecture(host.architecture)) {
    return unavailable(
      `The sandbox has no filter of system calls for the processor "${host.architecture}"; use x64 or arm64.`,
    );
  }
  const found = await findSystemTools(host.systemFolders);
  if (!found.ok) {
    const names = found.missing.map(name => `"${name}"`).join(', ');
    return unavailable(`The sandbox needs ${names}: run "apt-get install ${found.packages.join(' ')}".`);
  }
  const sandboxOptions: ProcessSandboxOptions = {
    tools: found.tools,
    canDisableUserNamespaces: await canDisableUserNamespaces(found.tools),
    seccompFilter: seccompFilter(host.architecture),
    limits,
    controlGroups: await ControlGroups.find(),
    toolchainHost: {
      home: host.environment['HOME'],
      searchPath: host.environment['PATH'],
      nodeExecutable: host.nodeExecutable,
      environment: host.environment,
    },
    isRoot: host.isRoot,
    strategy: options.strategy ?? 'overlay',
  };
  const problem = await problemOf(sandboxOptions, signal);
  if (problem === undefined) return { isAvailable: true, sandbox: new ProcessSandbox(sandboxOptions) };
  logger.log('warn', 'sandbox unavailable', { tier: 'process', problem });
  return unavailable(problem);
}

function thisHost(): SandboxHost {
  return {
    platform: process.platform,
    architecture: process.arch,
    isRoot: process.getuid?.() === 0,
    systemFolders: undefined,
    environment: process.env,
    nodeExecutable: process.versions['electron'] === undefined ? process.execPath : undefined,
  };
}

function unavailable(reason: string): SandboxAvailability {
  return { isAvailable: false, reason };
}

/** Probes with a sandbox that looks for no languages, which takes a while and which the probe does not need. */
async function problemOf(options: ProcessSandboxOptions, signal: AbortSignal): Promise<string | undefined> {
  const toolchainHost = { home: undefined, searchPath: '', nodeExecutable: undefined, environment: {} };
  const sandbox = new ProcessSandbox({ ...options, toolchainHost });
  try {
    const broken = await probe(sandbox, { signal, temporaryFolder: tmpdir() });
    return broken === undefined ? undefined : `The bubblewrap sandbox does not hold on this machine: ${broken}.`;
  } catch (error) {
    if (signal.aborted) throw new AbortError(undefined, { cause: error });
    return `${errorMessage(error)} ${remedyFor(errorMessage(error))}`;
  } finally {
    await sandbox.dispose();
  }
}

/** What to do about the usual reasons why namespaces cannot be made. */
function remedyFor(message: string): string {
  if (/unshare|permission|permitted|uid_map|namespace/i.test(message)) {
    return 'User namespaces must be allowed: run "sysctl -w kernel.unprivileged_userns_clone=1" (Debian) or "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" (Ubuntu), or give the container the right to mount.';
  }
  return 'Nothing will be run until that is mended.';
}

const HELP_TIMEOUT_MS = 5000;

/** Since bubblewrap 0.8. */
function canDisableUserNamespaces(tools: SystemTools): Promise<boolean> {
  return new Promise(resolve => {
    execFile(
      tools.bwrap,
      ['--help'],
      { env: {}, timeout: HELP_TIMEOUT_MS, killSignal: 'SIGKILL' },
      (_error, stdout) => {
        resolve(stdout.includes('--disable-userns'));
      },
    );
  });
}
