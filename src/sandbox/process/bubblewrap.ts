import path from 'node:path';
import type { SandboxCommand, SandboxLimits } from '../sandbox.ts';

/** A folder of the host that the sandbox sees, read-only, at its own path. */
export interface ReadOnlyBind {
  /** As process 1 of the session sees it. */
  readonly source: string;
  readonly target: string;
}

/** A folder at the root of the file system that is a link on most systems and a real folder on some. */
export interface RootEntry {
  readonly path: string;
  /** Where it leads, when it is a link. */
  readonly linkTarget: string | undefined;
}

/** What does not change between the commands of a session. */
export interface SandboxLayout {
  /** Of the workspace, on the host and in the sandbox. */
  readonly root: string;
  readonly readOnlyBinds: readonly ReadOnlyBind[];
  readonly rootEntries: readonly RootEntry[];
  /** Absolute folders that programs are looked up in. */
  readonly searchPath: readonly string[];
  /** bubblewrap 0.8 and later can forbid user namespaces inside; the filter of system calls does so too. */
  readonly canDisableUserNamespaces: boolean;
}

/** User and group inside. */
const SANDBOX_ID = '1000';
/** Read-only parts of `/etc` that hold no secrets and that programs want. */
const SHARED_SETTINGS = [
  'alternatives',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'magic',
  'mime.types',
  'protocols',
  'services',
  'ssl/certs',
  'ssl/openssl.cnf',
];
/** Written by process 1 of the session. */
const OWN_SETTINGS = ['passwd', 'group', 'hosts', 'nsswitch.conf'];

/** File descriptors that `bwrap` is started with, after the three standard ones. */
export const FILTER_DESCRIPTOR = 3;
export const STATUS_DESCRIPTOR = 4;

/** The arguments of `bwrap` for one command. Paths of the session are those that its process 1 sees. */
export function bubblewrapArguments(layout: SandboxLayout, command: SandboxCommand, limits: SandboxLimits): string[] {
  const workingDirectory = path.posix.join(layout.root, command.workingDirectory ?? '');
  return [
    ...isolationArguments(layout),
    ...mountArguments(layout),
    ...['--chdir', workingDirectory],
    ...Object.entries(environmentFor(layout, command)).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--seccomp', String(FILTER_DESCRIPTOR), '--json-status-fd', String(STATUS_DESCRIPTOR)],
    ...['--', '/usr/bin/prlimit', ...resourceArguments(limits), '--', ...command.argv],
  ];
}

function isolationArguments(layout: SandboxLayout): string[] {
  return [
    ...['--unshare-all', '--unshare-user'],
    ...(layout.canDisableUserNamespaces ? ['--disable-userns'] : []),
    ...['--uid', SANDBOX_ID, '--gid', SANDBOX_ID, '--cap-drop', 'ALL', '--hostname', 'sandbox'],
    ...['--die-with-parent', '--new-session'],
  ];
}

/** Later mounts lie over earlier ones: the workspace may be below `/tmp` or `/usr`, its packages are below it. */
function mountArguments(layout: SandboxLayout): string[] {
  return [
    ...['--ro-bind', '/usr', '/usr'],
    ...layout.rootEntries.flatMap(entry =>
      entry.linkTarget === undefined
        ? ['--ro-bind', entry.path, entry.path]
        : ['--symlink', entry.linkTarget, entry.path],
    ),
    ...SHARED_SETTINGS.flatMap(name => ['--ro-bind-try', `/etc/${name}`, `/etc/${name}`]),
    ...OWN_SETTINGS.flatMap(name => ['--ro-bind', `/tmp/etc/${name}`, `/etc/${name}`]),
    ...['--proc', '/proc', '--ro-bind', '/proc/sys', '/proc/sys'],
    ...['--dev', '/dev', '--bind', '/tmp/shm', '/dev/shm', '--remount-ro', '/dev'],
    ...['--bind', '/tmp/tmp', '/tmp'],
    ...layout.readOnlyBinds
      .filter(bind => !isBelow(bind.target, layout.root))
      .flatMap(bind => ['--ro-bind', bind.source, bind.target]),
    ...['--bind', '/tmp/tree', layout.root],
    ...layout.readOnlyBinds
      .filter(bind => isBelow(bind.target, layout.root))
      .flatMap(bind => ['--ro-bind', bind.source, bind.target]),
    ...['--remount-ro', '/'],
  ];
}

function environmentFor(layout: SandboxLayout, command: SandboxCommand): Record<string, string> {
  return {
    PATH: layout.searchPath.join(':'),
    HOME: '/tmp/home',
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    NO_COLOR: '1',
    // Test runners then neither watch for changes nor write new snapshots.
    CI: 'true',
    // There is no network: npm is to say so at once, and not after trying for more than a minute.
    npm_config_fetch_retries: '0',
    ...command.environment,
  };
}

/**
 * Set inside, where the user is counted alone: outside, the limit of processes would count all that the user runs.
 * `data` and not the address space, of which V8 reserves far more than it uses.
 */
function resourceArguments(limits: SandboxLimits): string[] {
  const cpuSeconds = Math.ceil(limits.cpuTimeMs / 1000);
  return [
    `--cpu=${cpuSeconds}:${cpuSeconds + 1}`,
    `--data=${limits.memoryBytes}`,
    `--nproc=${limits.processes}`,
    `--fsize=${limits.fileSizeBytes}`,
    `--nofile=${limits.openFiles}`,
    '--core=0',
  ];
}

/** Whether `target` is `folder` or lies in it; both absolute. */
export function isBelow(target: string, folder: string): boolean {
  return target === folder || target.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
