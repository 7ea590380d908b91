// Runs the installed VS Code server on loopback, in a throw-away home, as a process group of its own.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ensureHost, type HostInstallation, type HostVariant } from './installation.ts';

const startLimitMs = 60_000;
const stopLimitMs = 5_000;

/** What keeps a test run the same on every machine: no welcome pages, no updates, no network, no questions. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'window.autoDetectColorScheme': false, // else the browser's preference overrides the theme
  'workbench.colorTheme': 'Dark Modern',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'files.simpleDialog.enable': true,
  'window.dialogStyle': 'custom',
};

export interface ServerOptions {
  readonly variant?: HostVariant;
  /** Packages to install before the start. */
  readonly vsix?: readonly string[];
  /** Folders of extensions that are there from the start, as if they were installed. */
  readonly extensionFolders?: readonly string[];
  /** User settings, over the quiet defaults. The workbench reads them once; what changes later belongs in the workspace's. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Environment of the server and so of the extension host, over this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** `true` makes the workbench ask whether a folder is trusted; until then extensions run restricted. Default: false. */
  readonly asksForTrust?: boolean;
}

/** A running server. Who starts it stops it; at the latest it ends with this process. */
export interface VsCodeServer extends AsyncDisposable {
  readonly origin: string;
  /** Host and port, as `vscode-remote://` addresses name them. */
  readonly authority: string;
  /** Holds everything that the server and its extensions write: data, settings, extensions, HOME and TMPDIR. */
  readonly home: string;
  /** Of the server, which leads the group of all processes that it starts. */
  readonly processGroup: number;
  /** What the server printed so far. */
  log(): string;
  /** Ends the server and everything it started as a loss of power would (kill -9); `home` stays as it is. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, at the same address and with the same data. */
  restart(): Promise<void>;
  /** Ends the server and everything it started, and deletes `home`. */
  stop(): Promise<void>;
}

/** Starts a server, installing VS Code first if need be. Throws with the server's output when it does not come up in a minute. */
export async function startServer(options: ServerOptions = {}): Promise<VsCodeServer> {
  const installation = await ensureHost(options.variant);
  const home = mkdtempSync(path.join(tmpdir(), 'vscode-host-'));
  const settingsFile = path.join(home, 'user/User/settings.json');
  await mkdir(path.dirname(settingsFile), { recursive: true });
  await writeFile(settingsFile, JSON.stringify({ ...quietSettings, ...options.settings }));

  const env = serverEnvironment(home, options.env);
  const folders = ['server-data-dir', 'user-data-dir', 'extensions-dir'].flatMap((name, index) => [
    `--${name}`,
    path.join(home, ['data', 'user', 'extensions'][index] ?? ''),
  ]);
  for (const folder of options.extensionFolders ?? []) {
    await cp(folder, path.join(home, 'extensions', path.basename(folder)), { recursive: true });
  }
  for (const vsix of options.vsix ?? []) {
    const args = [installation.serverMain, ...folders, '--install-extension', vsix];
    await promisify(execFile)(installation.nodePath, args, { env });
  }

  const start = async (port: number) => {
    const started = spawnServer(installation, [...folders, ...serverFlags(options, port)], env, home);
    await started.port.catch(async (error: unknown) => {
      await started.stop();
      throw error;
    });
    return started;
  };
  let group = await start(0);
  const port = await group.port;
  return {
    origin: `http://127.0.0.1:${port}`,
    authority: `127.0.0.1:${port}`,
    home,
    get processGroup() {
      return group.processId;
    },
    log: () => group.log(),
    kill: () => group.kill(),
    restart: async () => {
      group = await start(port);
    },
    stop: () => group.stop(),
    [Symbol.asyncDispose]: () => group.stop(),
  };
}

/** `port` 0: any that is free. */
function serverFlags({ asksForTrust }: ServerOptions, port: number): string[] {
  return [
    '--accept-server-license-terms',
    '--without-connection-token',
    ...['--host', '127.0.0.1', '--port', String(port), '--telemetry-level', 'off'],
    '--disable-getting-started-override',
    '--enable-smoke-test-driver', // gives the page `driver.whenWorkbenchRestored()`
    ...(asksForTrust ? [] : ['--disable-workspace-trust']),
  ];
}

function serverEnvironment(home: string, extra: ServerOptions['env']): NodeJS.ProcessEnv {
  // Variables of a VS Code around this process (its terminal sets them) would make the server talk to that one.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|NODE_V8_COVERAGE$)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, '.config'),
    XDG_RUNTIME_DIR: home,
    TMPDIR: home,
    EXTENSIONS_GALLERY: '{}', // without it the server would look extensions up on the net
    CS_TELEMETRY_URL: 'http://127.0.0.1:9/',
    ...extra,
  };
}

interface ServerGroup {
  readonly port: Promise<number>;
  readonly processId: number;
  log(): string;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Spawns the server as the leader of a process group, which `stop`, or the end of this process, kills as a whole. */
function spawnServer(
  host: HostInstallation,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  home: string,
): ServerGroup {
  const child = spawn(host.nodePath, [host.serverMain, ...args], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));

  const sweep = () => {
    signalGroup(child, 'SIGKILL');
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  };
  const exitOnSignal = () => process.exit(130);
  process.once('exit', sweep);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, exitOnSignal);

  const exited = new Promise<void>(resolve => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const forget = () => {
    process.off('exit', sweep);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, exitOnSignal);
  };
  const kill = async () => {
    signalGroup(child, 'SIGKILL');
    await exited;
    forget();
  };
  const stop = async () => {
    signalGroup(child, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), stopLimitMs);
    await exited;
    clearTimeout(timer);
    forget();
    sweep();
  };
  return { port: portOf(child, () => log), processId: child.pid ?? 0, log: () => log, kill, stop };
}

/** The port that the server says it listens on. */
function portOf(child: ChildProcess, log: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (what: string) => {
      clearTimeout(timer);
      reject(new Error(`The VS Code server ${what}:\n${log()}`));
    };
    const timer = setTimeout(() => fail(`did not listen within ${startLimitMs} ms`), startLimitMs);
    child.stdout?.on('data', () => {
      const port = /listening on (\d+)/.exec(log())?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
    child.once('error', error => fail(`could not be started (${error.message})`));
    child.once('exit', code => fail(`exited with ${String(code)}`));
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // ESRCH: all of the group is gone, as intended
  }
}
