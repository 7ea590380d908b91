import { constants } from 'node:fs';
import { lstat, readdir, readlink, realpath, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DisposableStore } from '../../base/disposable.ts';
import { AbortError, SandboxError, ValidationError } from '../../base/errors.ts';
import { withLimits } from '../limits.ts';
import type { Sandbox, SandboxLimits, SandboxSession, StagedTree } from '../sandbox.ts';
import { isBelow, type ReadOnlyBind, type RootEntry, type SandboxLayout } from './bubblewrap.ts';
import type { ControlGroups } from './controlGroups.ts';
import { mountPointsBelow } from './mountPoints.ts';
import { type CopyStrategy, NamespaceHolder } from './namespaceHolder.ts';
import { ProcessSession, type ProcessSessionOptions } from './processSession.ts';
import { listSourceFiles } from './sourceFiles.ts';
import { writeStagedChanges } from './stagedWriter.ts';
import type { SystemTools } from './systemTools.ts';
import { ToolchainFinder, type ToolchainHost, type Toolchains } from './toolchains.ts';

export interface ProcessSandboxOptions {
  readonly tools: SystemTools;
  readonly canDisableUserNamespaces: boolean;
  readonly seccompFilter: Uint8Array;
  readonly limits: SandboxLimits;
  readonly controlGroups: ControlGroups;
  readonly toolchainHost: ToolchainHost;
  /** Whether Trellis runs as root, which the code must not. */
  readonly isRoot: boolean;
  /** `overlay` falls back to `copy` where the kernel refuses it. */
  readonly strategy: CopyStrategy;
}

/**
 * Who runs the code when Trellis is root. No distribution gives this number to anyone: it is over the range for people and below
 * the one for systemd's dynamic users.
 */
const UNPRIVILEGED = { uid: 61000, gid: 61000 };
/** Folders that the sandbox makes anew, so that a workspace there could not be shown. */
const RESERVED_FOLDERS = ['/proc', '/sys', '/dev'];
const SYSTEM_LINKS = /^(bin|sbin|lib\w*)$/;

/** Bubblewrap: namespaces, a filter of system calls and resource limits around ordinary processes of this machine. */
export class ProcessSandbox implements Sandbox {
  readonly tier = 'process';
  readonly #options: ProcessSandboxOptions;
  readonly #sessions = new Set<ProcessSession>();
  readonly #toolchains: ToolchainFinder;
  #rootEntries: Promise<readonly RootEntry[]> | undefined;
  #isDisposed = false;

  constructor(options: ProcessSandboxOptions) {
    this.#options = options;
    this.#toolchains = new ToolchainFinder(options.toolchainHost);
  }

  async open(
    tree: StagedTree,
    { signal, limits }: { readonly signal: AbortSignal; readonly limits?: Partial<SandboxLimits> },
  ): Promise<SandboxSession> {
    if (signal.aborted) throw new AbortError();
    const sessionLimits = withLimits(this.#options.limits, limits);
    const root = await workspaceRoot(tree.root);
    const resolved = { root, changes: tree.changes };
    if (this.#options.strategy === 'copy') return this.#openWith('copy', resolved, sessionLimits, signal);
    try {
      return await this.#openWith('overlay', resolved, sessionLimits, signal);
    } catch (error) {
      if (!(error instanceof OverlayRefused)) throw error;
      return this.#openWith('copy', resolved, sessionLimits, signal);
    }
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    const store = new DisposableStore();
    for (const session of this.#sessions) store.add(session);
    await store.dispose();
  }

  async #openWith(
    strategy: CopyStrategy,
    tree: StagedTree,
    limits: SandboxLimits,
    signal: AbortSignal,
  ): Promise<SandboxSession> {
    const { tools, isRoot, seccompFilter } = this.#options;
    const owner = isRoot ? UNPRIVILEGED : undefined;
    const source = strategy === 'copy' ? await listSourceFiles(tree.root, { signal }) : undefined;
    const toolchains = await this.#toolchains.find(tree.root);
    const insideFolders = source?.packageFolders.map(folder => path.join(tree.root, folder));
    const shownFolders = [...toolchains.folders, ...(insideFolders ?? (await mountPointsBelow(tree.root)))];
    const binds = await readOnlyBinds(shownFolders, isRoot);
    const resources = new DisposableStore();
    try {
      const group = await this.#options.controlGroups.create(limits);
      if (group) resources.add(group);
      const holder = resources.add(
        await startHolder(
          { tools, owner, diskBytes: limits.diskBytes, strategy, root: tree.root, bindSources: binds.heldSources },
          signal,
        ),
      );
      if (source !== undefined) {
        await writeFile(holder.hostPath('list'), source.files.map(file => `${file}\0`).join(''));
        await holder.request('copy');
      }
      await writeStagedChanges(holder.hostPath('tree'), tree, { signal });
      if (owner !== undefined) await holder.request('own');
      const layout = await this.#layoutOf(tree.root, toolchains, binds.binds);
      const command = { tools, owner, seccompFilter, joinFiles: group?.joinFiles ?? [] };
      return this.#keep({ holder, layout, limits, command, resources });
    } catch (error) {
      await resources.dispose();
      throw error;
    }
  }

  async #layoutOf(root: string, toolchains: Toolchains, binds: readonly ReadOnlyBind[]): Promise<SandboxLayout> {
    this.#rootEntries ??= rootEntries();
    return {
      root,
      rootEntries: await this.#rootEntries,
      readOnlyBinds: binds,
      searchPath: [
        path.join(root, 'node_modules', '.bin'),
        ...toolchains.searchPath,
        ...['/usr/local/bin', '/usr/bin', '/bin'],
      ],
      canDisableUserNamespaces: this.#options.canDisableUserNamespaces,
    };
  }

  #keep(options: Omit<ProcessSessionOptions, 'onDispose'>): SandboxSession {
    if (this.#isDisposed) throw new SandboxError('The sandbox was disposed of while a session was being opened.');
    const session: ProcessSession = new ProcessSession({
      ...options,
      onDispose: () => this.#sessions.delete(session),
    });
    this.#sessions.add(session);
    return session;
  }
}

class OverlayRefused extends Error {}

async function startHolder(
  options: Parameters<typeof NamespaceHolder.start>[0],
  signal: AbortSignal,
): Promise<NamespaceHolder> {
  try {
    return await NamespaceHolder.start(options, { signal });
  } catch (error) {
    if (options.strategy === 'overlay' && error instanceof SandboxError && /overlay/.test(error.message)) {
      throw new OverlayRefused(error.message, { cause: error });
    }
    throw error;
  }
}

/** The workspace's real path. Throws `ValidationError` when it is no folder, or one that cannot be shown. */
async function workspaceRoot(root: string): Promise<string> {
  let real: string;
  try {
    real = await realpath(root);
    await readdir(real);
  } catch (cause) {
    throw new ValidationError(`The workspace "${root}" is not a folder that can be read.`, { cause });
  }
  if (real === '/' || RESERVED_FOLDERS.some(folder => isBelow(real, folder))) {
    throw new ValidationError(`The workspace "${root}" is a system folder; open the project's own folder.`);
  }
  return real;
}

/**
 * How the folders get into the sandbox: straight from their own path, or held by the session where `bwrap` could not reach them,
 * because the session covers `/tmp`, or because Trellis is root and their parents are closed to the user who runs `bwrap`.
 */
async function readOnlyBinds(
  folders: readonly string[],
  isRoot: boolean,
): Promise<{ readonly binds: readonly ReadOnlyBind[]; readonly heldSources: readonly string[] }> {
  const heldSources: string[] = [];
  const binds: ReadOnlyBind[] = [];
  for (const target of folders) {
    const isReachable = !isBelow(target, '/tmp') && (!isRoot || (await isOpenToAll(target)));
    const source = isReachable ? target : `/tmp/bind/${heldSources.length}`;
    if (!isReachable) heldSources.push(target);
    binds.push({ source, target });
  }
  return { binds, heldSources };
}

/** Whether any user may enter the folder and all those above it. */
async function isOpenToAll(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  const isOpen = (mode & constants.S_IXOTH) !== 0;
  return isOpen && (folder === '/' || (await isOpenToAll(path.dirname(folder))));
}

async function rootEntries(): Promise<readonly RootEntry[]> {
  const names = (await readdir('/')).filter(name => SYSTEM_LINKS.test(name));
  return Promise.all(
    names.map(async name => {
      const entry = `/${name}`;
      const isLink = (await lstat(entry)).isSymbolicLink();
      return { path: entry, linkTarget: isLink ? await readlink(entry) : undefined };
    }),
  );
}
