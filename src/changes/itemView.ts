import { ValidationError } from '../base/errors.ts';
import type { FileChange, FileEdit, ItemLayer } from '../domain/schema/changes.ts';
import { normalizeWorkspacePath, workspacePathProblem } from '../domain/workspacePath.ts';
import { applyEdits, type EditTarget } from './applyEdits.ts';
import { type FileTransition, fileChanges } from './fileChange.ts';
import { foldPath } from './foldPath.ts';
import { type ItemState, layerOf } from './itemState.ts';
import type { FindMasked } from './maskedText.ts';
import { searchFiles } from './searchFiles.ts';
import type {
  ApplyResult,
  BlobStore,
  DirectoryEntry,
  FileVersion,
  SearchOptions,
  SearchResult,
  StagedView,
} from './stagedFiles.ts';
import { decodeText, plainText } from './textFile.ts';
import type { WorkspaceFiles } from './workspaceFiles.ts';

export interface ItemViewOptions {
  readonly state: ItemState;
  /** The results of what the item depends on. */
  readonly visible: ReadonlyMap<string, FileVersion | undefined>;
  /** The base of a path, when an item of the run has edited it. */
  readonly pinned: (path: string) => { readonly base: FileVersion | undefined } | undefined;
  readonly workspace: WorkspaceFiles;
  /** The same files, for a search through all of them. */
  readonly searched: Pick<WorkspaceFiles, 'list' | 'read'>;
  readonly blobs: BlobStore;
  readonly findMasked: FindMasked;
}

/** The hash under which a read that found nothing is recorded. */
const NOTHING = '';

/** One item's view of the tree. Its edits go into the item's state, and from there into the run's result. */
export class ItemView implements StagedView {
  readonly itemId: string;
  readonly #options: ItemViewOptions;
  readonly #reads = new Map<string, string>();
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
    const version = await this.#versionOf(path);
    const hash = version?.hash ?? NOTHING;
    this.#known.set(path, hash);
    if (!this.#options.state.entries.has(path)) this.#reads.set(path, hash);
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
    return this.#withStaged(folder, await this.#options.workspace.list(folder));
  }

  #withStaged(folder: string, onDisk: readonly DirectoryEntry[] | undefined): readonly DirectoryEntry[] | undefined {
    const entries = new Map(onDisk?.map(entry => [entry.name, entry.kind]));
    const prefix = folder === '' ? '' : `${folder}/`;
    for (const [path, version] of this.#staged()) {
      if (!path.startsWith(prefix)) continue;
      const [child = '', ...below] = path.slice(prefix.length).split('/');
      if (below.length > 0) {
        if (version) entries.set(child, 'directory');
      } else if (version) entries.set(child, 'file');
      else entries.delete(child);
    }
    if (!onDisk && entries.size === 0) return undefined;
    return [...entries]
      .map(([child, kind]) => ({ name: child, kind }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  search(pattern: string | RegExp, options: SearchOptions = {}): Promise<SearchResult> {
    const directory = options.directory === undefined ? '' : normalizeWorkspacePath(options.directory);
    if (directory !== '') checkedPath(directory);
    const { searched } = this.#options;
    const tree = {
      list: async (folder: string) => {
        const onDisk = await searched.list(folder);
        const linked = new Set(onDisk?.filter(entry => entry.isLink).map(entry => entry.name));
        return this.#withStaged(folder, onDisk)?.filter(entry => !linked.has(entry.name));
      },
      read: (path: string) => this.#versionOf(path, searched),
    };
    return searchFiles(tree, pattern, { ...options, directory });
  }

  apply(edits: readonly FileEdit[]): Promise<ApplyResult> {
    const result = this.#lastApply.then(() => this.#apply(edits));
    this.#lastApply = result.catch(() => undefined);
    return result;
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
    const permission = await this.#options.workspace.permitEdit(path, movedFrom);
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

  async #versionOf(
    path: string,
    files: Pick<WorkspaceFiles, 'read'> = this.#options.workspace,
  ): Promise<FileVersion | undefined> {
    const staged = this.#stagedVersion(path);
    if (staged) return staged.version;
    return files.read(path);
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

function checkedPath(name: string): string {
  const path = normalizeWorkspacePath(name);
  const problem = workspacePathProblem(path);
  if (problem !== undefined) throw new ValidationError(`"${name}" ${problem}.`);
  return path;
}
