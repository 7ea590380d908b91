import { assertNever } from '../../base/assertNever.ts';
import { ValidationError } from '../../base/errors.ts';
import type { FileChange, FileEdit, ItemLayer, VersionReference } from '../../domain/schema/changes.ts';
import type { TreeLook } from '../../domain/schema/reuse.ts';
import { normalizeWorkspacePath, workspacePathProblem } from '../../domain/workspacePath.ts';
import { applyEdits, type EditTarget } from '../edits/applyEdits.ts';
import type { FindMasked } from '../edits/maskedText.ts';
import { type FileTransition, fileChanges } from '../fileChange.ts';
import { foldPath } from '../foldPath.ts';
import type {
  ApplyResult,
  BlobStore,
  DirectoryEntry,
  FileVersion,
  RepeatableView,
  SearchOptions,
  SearchResult,
} from '../stagedFiles.ts';
import { decodeText, plainText } from '../textFile.ts';
import type { EditPermission, WorkspaceFiles } from '../workspace/workspaceFiles.ts';
import { folderEntries } from './folderEntries.ts';
import { type ItemState, layerOf } from './itemState.ts';
import { searchFiles } from './searchFiles.ts';
import { type Look, seenValue, seenVersion, TreeLooks } from './treeLooks.ts';

export interface ItemViewOptions {
  readonly state: ItemState;
  /** The results of what the item depends on. */
  readonly visible: ReadonlyMap<string, FileVersion | undefined>;
  /** The base of a path, when an item of the run has edited it. */
  readonly pinned: (path: string) => { readonly base: FileVersion | undefined } | undefined;
  readonly workspace: WorkspaceFiles;
  /** The same files, for a look through all of them, or at what was seen before. */
  readonly searched: WorkspaceFiles;
  readonly blobs: BlobStore;
  readonly findMasked: FindMasked;
}

/** The hash under which a read that found nothing is recorded. */
const NOTHING = '';

/** One item's view of the tree. Its edits go into the item's state, and from there into the run's result. */
export class ItemView implements RepeatableView {
  readonly itemId: string;
  readonly #options: ItemViewOptions;
  readonly #reads = new Map<string, string>();
  readonly #looks = new TreeLooks();
  /** What the item knows each path to hold: as it read it, or as it left it. */
  readonly #known = new Map<string, string>();
  #lastApply: Promise<unknown> = Promise.resolve();

  constructor(options: ItemViewOptions) {
    this.itemId = options.state.itemId;
    this.#options = options;
  }

  get reads(): ReadonlyMap<string, string> {
    return this.#reads;
  }

  async read(name: string): Promise<FileVersion | undefined> {
    const path = checkedPath(name);
    const isOwn = this.#options.state.entries.has(path);
    const take = () => this.#versionOf(path);
    const version = isOwn ? await take() : await this.#noting({ kind: 'file', path }, take, seenVersion);
    const hash = version?.hash ?? NOTHING;
    this.#known.set(path, hash);
    if (!isOwn) this.#reads.set(path, hash);
    return version;
  }

  async readText(name: string): Promise<string | undefined> {
    const version = await this.read(name);
    if (!version) return undefined;
    const text = decodeText(version.content);
    if (!text) throw new ValidationError(`"${name}" is a binary file and cannot be read as text.`);
    return plainText(text);
  }

  async list(name: string): Promise<readonly DirectoryEntry[] | undefined> {
    const folder = name === '' || name === '.' ? '' : checkedPath(name);
    const { workspace, visible } = this.#options;
    const take = () => workspace.list(folder);
    const onDisk = await this.#noting({ kind: 'folder', path: folder }, take, found =>
      seenValue(folderEntries(folder, found, visible)),
    );
    return folderEntries(folder, onDisk, this.#staged());
  }

  async search(pattern: string | RegExp, options: SearchOptions = {}): Promise<SearchResult> {
    const directory = options.directory === undefined ? '' : normalizeWorkspacePath(options.directory);
    if (directory !== '') checkedPath(directory);
    const { limit, signal = new AbortController().signal } = options;
    const take = () => this.#search(pattern, { ...options, directory });
    if (typeof pattern === 'string' && this.#options.state.entries.size === 0) {
      const look = { kind: 'search', pattern, directory, ...(limit === undefined ? {} : { limit }) } as const;
      return this.#noting(look, take, seenValue);
    }
    // What a limit lets through of a tree with the item's own edits may depend on any file.
    await this.lookAtTree({ signal });
    return take();
  }

  looks(): readonly TreeLook[] | undefined {
    return this.#looks.all();
  }

  async lookAtTree(options: { readonly signal: AbortSignal }): Promise<void> {
    this.#looks.record({ kind: 'tree' }, await this.#options.searched.fingerprint({ ...options, scope: 'all' }));
  }

  async stillSees(looks: readonly TreeLook[], options: { readonly signal: AbortSignal }): Promise<boolean> {
    for (const look of [...looks].sort((left, right) => effortOf[left.kind] - effortOf[right.kind])) {
      options.signal.throwIfAborted();
      const seen = await this.#see(look, options).catch((error: unknown) => {
        if (error instanceof ValidationError) return seenRefusal(error);
        throw error;
      });
      if (seen !== look.seen) return false;
    }
    return true;
  }

  async adopt(layer: ItemLayer): Promise<boolean> {
    const transitions: FileTransition[] = [];
    for (const { path, start, result, movedFrom, loosestMatch } of layer.entries) {
      const now = await this.#startOf(path, movedFrom);
      const content = result ? await this.#options.blobs.get(result.hash) : undefined;
      if (!now || !isVersion(now.version, start) || (result && !content)) return false;
      const after = result && content ? { ...result, content } : undefined;
      transitions.push({ path, before: now.version, after, movedFrom, loosestMatch });
    }
    for (const transition of transitions) await this.#stage(transition);
    return true;
  }

  apply(edits: readonly FileEdit[]): Promise<ApplyResult> {
    const result = this.#lastApply.then(() => this.#apply(edits));
    this.#lastApply = result.catch(() => undefined);
    return result;
  }

  async writeProtection(name: string): Promise<string | undefined> {
    const permission = await this.#options.workspace.permitEdit(normalizeWorkspacePath(name));
    return !permission.ok && permission.isWriteProtected ? permission.reason : undefined;
  }

  changes(): Promise<readonly FileChange[]> {
    const transitions = [...this.#options.state.entries].map(([path, entry]): FileTransition => {
      const { start, result, movedFrom, loosestMatch } = entry;
      return { path, before: start, after: result, movedFrom, loosestMatch };
    });
    return Promise.resolve(fileChanges(transitions));
  }

  layer(): ItemLayer {
    return layerOf(this.#options.state);
  }

  async #apply(edits: readonly FileEdit[]): Promise<ApplyResult> {
    if (this.#options.state.isCommitted) throw new Error(`Item ${this.itemId} is committed; open it again to edit it.`);
    const open = (path: string, movedFrom?: string) => this.#open(path, movedFrom);
    const result = await applyEdits(edits, open, this.#options.findMasked);
    if (!result.ok) return result;
    for (const file of result.files) await this.#stage(file);
    return { ok: true, changes: fileChanges(result.files) };
  }

  async #stage({ path, before, after, movedFrom, loosestMatch }: FileTransition): Promise<void> {
    const { state, blobs, pinned } = this.#options;
    const earlier = state.entries.get(path);
    const start = earlier ? earlier.start : before;
    const base = earlier ? earlier.base : (pinned(path) ?? { base: before }).base;
    for (const version of [base, start, after]) if (version) await blobs.put(version.content);
    state.entries.set(path, {
      base,
      start,
      result: after,
      movedFrom: movedFrom ?? earlier?.movedFrom,
      loosestMatch: loosestMatch ?? earlier?.loosestMatch,
    });
    this.#known.set(path, after?.hash ?? NOTHING);
  }

  /** What an edit's path stands for in this view. */
  async #open(name: string, movedFrom: string | undefined): Promise<EditTarget> {
    const path = normalizeWorkspacePath(name);
    const { workspace } = this.#options;
    const look = { kind: 'edit', path, ...(movedFrom === undefined ? {} : { movedFrom }) } as const;
    const permission = await this.#noting(look, () => workspace.permitEdit(path, movedFrom), seenPermission);
    if (!permission.ok) return { ok: false, kind: 'path', reason: permission.reason };
    const blocking = this.#blockingPath(path, movedFrom);
    if (blocking !== undefined) return { ok: false, kind: 'path', reason: blocking };
    const staged = this.#stagedVersion(path);
    const version = staged ? staged.version : permission.version;
    const known = this.#known.get(path);
    if (known !== undefined && known !== (version?.hash ?? NOTHING))
      return { ok: false, kind: 'stale', reason: 'it was changed by someone else after it was read; read it again' };
    return { ok: true, path, version };
  }

  /** Why a staged file keeps `path` from being one. */
  #blockingPath(path: string, movedFrom: string | undefined): string | undefined {
    for (const [other, version] of this.#staged()) {
      if (!version || other === path || other === movedFrom) continue;
      if (foldPath(other) === foldPath(path))
        return `it differs from ${other} only by case, and some systems take the two for one; use that spelling`;
      if (path.startsWith(`${other}/`)) return `${other} is a file, so nothing can be below it`;
      if (other.startsWith(`${path}/`)) return 'it is a folder; name a file';
    }
    return undefined;
  }

  /** Takes a look and notes what it showed, a refusal too. */
  async #noting<T>(look: Look, take: () => Promise<T>, seenOf: (found: T) => string): Promise<T> {
    try {
      const found = await take();
      this.#looks.record(look, seenOf(found));
      return found;
    } catch (error) {
      if (error instanceof ValidationError) this.#looks.record(look, seenRefusal(error));
      throw error;
    }
  }

  /** What would be seen now where somebody looked before. */
  async #see(look: Look, options: { readonly signal: AbortSignal }): Promise<string> {
    const { searched, visible } = this.#options;
    switch (look.kind) {
      case 'file':
        return seenVersion(await this.#versionOf(look.path, searched));
      case 'folder':
        return seenValue(folderEntries(look.path, await searched.list(look.path), visible));
      case 'search': {
        const { pattern, directory, limit } = look;
        const limits = limit === undefined ? {} : { limit };
        return seenValue(await this.#search(pattern, { ...options, directory, ...limits }));
      }
      case 'edit':
        return seenPermission(await searched.permitEdit(look.path, look.movedFrom));
      case 'tree':
        return searched.fingerprint({ ...options, scope: 'all' });
      default:
        return assertNever(look);
    }
  }

  #search(pattern: string | RegExp, options: SearchOptions & { readonly directory: string }): Promise<SearchResult> {
    const { searched } = this.#options;
    const staged = this.#staged();
    const tree = {
      list: async (folder: string) => {
        const onDisk = await searched.list(folder);
        const linked = new Set(onDisk?.filter(entry => entry.isLink).map(entry => entry.name));
        return folderEntries(folder, onDisk, staged)?.filter(entry => !linked.has(entry.name));
      },
      read: (path: string) => this.#versionOf(path, searched),
    };
    return searchFiles(tree, pattern, options);
  }

  async #versionOf(
    path: string,
    files: Pick<WorkspaceFiles, 'read'> = this.#options.workspace,
  ): Promise<FileVersion | undefined> {
    const staged = this.#stagedVersion(path);
    if (staged) return staged.version;
    return files.read(path);
  }

  /** What the item starts from at `path`; undefined when it may not be edited. */
  async #startOf(
    path: string,
    movedFrom: string | undefined,
  ): Promise<{ readonly version: FileVersion | undefined } | undefined> {
    const own = this.#options.state.entries.get(path);
    if (own) return { version: own.start };
    const permission = await this.#options.workspace.permitEdit(path, movedFrom);
    return permission.ok ? (this.#stagedVersion(path) ?? { version: permission.version }) : undefined;
  }

  /** What lies over the workspace at `path`, if anything does. */
  #stagedVersion(path: string): { readonly version: FileVersion | undefined } | undefined {
    const { state, visible, pinned } = this.#options;
    const own = state.entries.get(path);
    if (own) return { version: own.result };
    if (visible.has(path)) return { version: visible.get(path) };
    const pin = pinned(path);
    return pin && { version: pin.base };
  }

  #staged(): Map<string, FileVersion | undefined> {
    const staged = new Map(this.#options.visible);
    for (const [path, entry] of this.#options.state.entries) staged.set(path, entry.result);
    return staged;
  }
}

/** The cheapest look first: most changes show at once. */
const effortOf: Readonly<Record<TreeLook['kind'], number>> = { file: 0, edit: 1, folder: 2, search: 3, tree: 4 };

function seenPermission(permission: EditPermission): string {
  return permission.ok ? seenVersion(permission.version) : `refused: ${permission.reason}`;
}

/** Stands for a path that may not be named or read. */
function seenRefusal(error: ValidationError): string {
  return `refused: ${error.message}`;
}

function isVersion(version: FileVersion | undefined, reference: VersionReference | null): boolean {
  if (!version || !reference) return !version && !reference;
  return version.hash === reference.hash && version.isExecutable === reference.isExecutable;
}

function checkedPath(name: string): string {
  const path = normalizeWorkspacePath(name);
  const problem = workspacePathProblem(path);
  if (problem !== undefined) throw new ValidationError(`"${name}" ${problem}.`);
  return path;
}
