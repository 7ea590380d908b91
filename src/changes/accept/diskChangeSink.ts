import path from 'node:path';
import type { Clock, IdSource } from '../../base/clock.ts';
import { errorMessage, StorageError, TrellisError } from '../../base/errors.ts';
import { type Logger, silentLogger } from '../../base/logger.ts';
import type { DiskWorkspace } from '../workspace/diskWorkspace.ts';
import { CHECKPOINTS_FOLDER, type CheckpointLimits, CheckpointStore } from './checkpointStore.ts';
import { codeOf, diskCalls, type FileCalls } from './fileCalls.ts';
import { runTransaction, type TransactionParts } from './fileTransaction.ts';
import { FolderLock } from './folderLock.ts';
import { type FileOperation, planOperations, type WantedChange } from './planOperations.ts';
import { type RestoreOutcome, restoreEntries, storedVersion } from './restoreEntries.ts';
import type { TransactionEntry, TransactionRecord } from './transactionRecord.ts';

export interface DiskChangeSinkOptions {
  readonly workspace: DiskWorkspace;
  /** A folder for checkpoints, outside of what is under version control. */
  readonly storage: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly limits?: CheckpointLimits;
  readonly logger?: Logger;
  readonly calls?: FileCalls;
}

/** An accept, or a revert, of these files that a crash cut short. */
export interface CutShortChange extends Pick<TransactionRecord, 'kind' | 'runId'> {
  readonly paths: readonly string[];
}

/** What was found cut short, and undone. */
export interface Recovery extends Pick<TransactionRecord, 'kind' | 'runId'> {
  readonly checkpointId: string;
  /** Files that were edited since in the same places, and therefore left as they are. */
  readonly leftPaths: readonly string[];
}

/**
 * Undoes what somebody else who puts changes into the files still has of them, such as an editor in unsaved texts. Called
 * again until neither it nor the disk has anything left to undo, so it waits for what may still be under way.
 */
export type UndoElsewhere = (change: CutShortChange) => Promise<RestoreOutcome>;

/** An accept, or a revert, that was made whole. */
export type MadeChange = Pick<TransactionRecord, 'id' | 'kind' | 'runId' | 'createdAt'> & {
  readonly paths: readonly string[];
};

/** A change of the user's files that can be gone back on. */
export interface Checkpoint {
  readonly id: string;
  readonly runId: string;
  readonly createdAt: number;
  readonly paths: readonly string[];
  readonly isReverted: boolean;
}

const DEFAULT_LIMITS: CheckpointLimits = { maxCount: 50, maxBytes: 200_000_000 };

/** Puts accepted changes into the files of a workspace: all of them or none, merged with what the user did meanwhile. */
export class DiskChangeSink {
  readonly #workspace: DiskWorkspace;
  readonly #store: CheckpointStore;
  readonly #lock: FolderLock;
  readonly #clock: Clock;
  readonly #ids: IdSource;
  readonly #limits: CheckpointLimits;
  readonly #logger: Logger;
  readonly #calls: FileCalls;

  constructor(options: DiskChangeSinkOptions) {
    this.#workspace = options.workspace;
    this.#calls = options.calls ?? diskCalls;
    this.#store = new CheckpointStore(path.join(options.storage, CHECKPOINTS_FOLDER), this.#calls);
    this.#lock = new FolderLock(path.join(options.storage, 'accept.lock'), this.#calls);
    this.#clock = options.clock;
    this.#ids = options.ids;
    this.#limits = options.limits ?? DEFAULT_LIMITS;
    this.#logger = options.logger ?? silentLogger;
  }

  /**
   * Writes the changes. No checkpoint comes back when the files were like that already. Throws, with the user's files as
   * they were: `AcceptConflictError` when the user changed the same places meanwhile, `ValidationError` for a path that
   * may not be written, `StorageError` for a full disk or a lack of permission.
   */
  apply(
    changes: readonly WantedChange[],
    options: { readonly runId: string; readonly signal: AbortSignal },
  ): Promise<{ readonly checkpointId?: string }> {
    return this.#exclusively(async () => {
      const operations = await this.#plan(changes);
      if (operations.length === 0) return {};
      const record = await this.#run(operations, { kind: 'accept', runId: options.runId }, options);
      return { checkpointId: record.id };
    });
  }

  /**
   * The same for changes that somebody else puts into the files, such as an editor: takes the checkpoint first, and brings
   * the files back when `perform` throws, or at the next start when the process dies meanwhile. Throws what `perform` throws.
   */
  applyBy(
    perform: () => Promise<void>,
    changes: readonly WantedChange[],
    { runId, signal }: { readonly runId: string; readonly signal: AbortSignal },
  ): Promise<{ readonly checkpointId?: string }> {
    return this.#exclusively(async () => {
      const operations = await this.#plan(changes);
      if (operations.length === 0) {
        await perform();
        return {};
      }
      const record = await this.#run(operations, { kind: 'accept', runId }, { signal, perform });
      return { checkpointId: record.id };
    });
  }

  /** Undoes what was cut short by a crash. To be called at the start, before anything looks at the files. */
  recover(undoElsewhere?: UndoElsewhere): Promise<readonly Recovery[]> {
    return this.#exclusively(recoveries => Promise.resolve(recoveries), undoElsewhere);
  }

  /** The last accept or revert that was made whole, if it is still known. */
  async lastChange(): Promise<MadeChange | undefined> {
    const last = (await this.#store.checkpoints()).at(-1);
    if (!last) return undefined;
    const { id, kind, runId, createdAt, entries } = last;
    return { id, kind, runId, createdAt, paths: entries.map(entry => entry.path) };
  }

  /** What can be gone back on, oldest first. */
  async checkpoints(): Promise<readonly Checkpoint[]> {
    const records = await this.#store.checkpoints();
    const reverted = new Set(records.map(record => record.reverts));
    return records
      .filter(record => record.kind === 'accept')
      .map(({ id, runId, createdAt, entries }) => ({
        id,
        runId,
        createdAt,
        paths: entries.map(entry => entry.path),
        isReverted: reverted.has(id),
      }));
  }

  /**
   * Takes back what `apply` did with these changes, and keeps what was edited later where the two merge; where they do
   * not, nothing is changed and `AcceptConflictError` is thrown. The checkpoint says best what the files were; when it was
   * swept, or the changes were applied by somebody else, the changes themselves do. Returns the paths that changed.
   */
  revert(
    changes: readonly WantedChange[],
    options: { readonly runId: string; readonly signal: AbortSignal },
  ): Promise<readonly string[]> {
    return this.#exclusively(async () => {
      const { runId, signal } = options;
      const ofRun = (await this.checkpoints()).filter(checkpoint => checkpoint.runId === runId);
      const open = ofRun.findLast(({ isReverted }) => !isReverted);
      if (open) return this.#revert(open.id, signal);
      if (ofRun.length > 0) return [];
      const operations = await this.#plan(changes.map(inverseOf));
      if (operations.length > 0)
        await this.#run(operations, { kind: 'revert', runId }, { signal, emptied: foldersOf(operations) });
      return operations.map(operation => operation.path).sort();
    });
  }

  /** The same for somebody else who takes the changes out of the files, as `applyBy` is for `apply`. */
  revertBy(
    perform: () => Promise<readonly string[]>,
    changes: readonly WantedChange[],
    { runId, signal }: { readonly runId: string; readonly signal: AbortSignal },
  ): Promise<readonly string[]> {
    return this.#exclusively(async () => {
      const open = (await this.checkpoints()).findLast(other => other.runId === runId && !other.isReverted);
      const operations = await this.#plan(changes.map(inverseOf));
      if (operations.length === 0) return perform();
      let paths: readonly string[] = [];
      const purpose = { kind: 'revert', runId, ...(open && { reverts: open.id }) } as const;
      const performed = async () => {
        paths = await perform();
      };
      await this.#run(operations, purpose, { signal, perform: performed, emptied: foldersOf(operations) });
      return paths;
    });
  }

  async #revert(id: string, signal: AbortSignal): Promise<readonly string[]> {
    const record = (await this.#store.checkpoints()).find(other => other.id === id);
    if (!record) throw new StorageError(`The checkpoint ${id} is gone; try again.`);
    const parts = { calls: this.#calls, folder: this.#store.folderOf(id) };
    const inverse: WantedChange[] = [];
    const movedTo = new Map(record.entries.filter(isMove).map(entry => [entry.previousPath, entry]));
    for (const entry of record.entries.filter(other => !isMove(other))) {
      const target = movedTo.get(entry.path);
      const before = await storedVersion(parts, target ?? entry, (target ?? entry).after);
      const after = await storedVersion(parts, entry, entry.before);
      inverse.push({ path: entry.path, ...(target && { previousPath: target.path }), before, after });
    }
    const operations = await this.#plan(inverse);
    const purpose = { kind: 'revert', runId: record.runId, reverts: id } as const;
    await this.#run(operations, purpose, { signal, emptied: record.madeFolders.toReversed() });
    return operations.map(operation => operation.path).sort();
  }

  #plan(changes: readonly WantedChange[]): Promise<readonly FileOperation[]> {
    return planOperations(changes, (file, movedFrom) => this.#workspace.permitWrite(file, movedFrom));
  }

  async #run(
    operations: readonly FileOperation[],
    purpose: Pick<TransactionRecord, 'kind' | 'runId' | 'reverts'>,
    options: Pick<TransactionParts, 'signal' | 'perform' | 'emptied'>,
  ): Promise<TransactionRecord> {
    const id = this.#ids('checkpoint');
    const record = await runTransaction({
      calls: this.#calls,
      root: this.#workspace.root,
      folder: this.#store.folderOf(id),
      record: { id, createdAt: this.#clock.now(), ...purpose },
      operations,
      ...options,
    });
    await this.#sweep();
    return record;
  }

  async #recover(undoElsewhere?: UndoElsewhere): Promise<readonly Recovery[]> {
    const recoveries: Recovery[] = [];
    for (const record of await this.#store.intents()) {
      const { id, kind, runId, root } = record;
      if (root !== this.#workspace.root) continue;
      const leftPaths = await this.#undo(record, undoElsewhere);
      await this.#calls.removeTree(this.#store.folderOf(id));
      recoveries.push({ checkpointId: id, kind, runId, leftPaths });
    }
    await this.#sweep();
    return recoveries;
  }

  /** Returns the paths that were left. On the disk alone, once is enough. */
  async #undo(record: TransactionRecord, undoElsewhere?: UndoElsewhere): Promise<readonly string[]> {
    const { id, kind, runId, root, entries } = record;
    const parts = { calls: this.#calls, root, folder: this.#store.folderOf(id), record };
    const change = { kind, runId, paths: entries.map(entry => entry.path) };
    for (;;) {
      const elsewhere = await undoElsewhere?.(change);
      const here = await restoreEntries(parts);
      if (!elsewhere || (!elsewhere.isChanged && !here.isChanged))
        return [...new Set([...here.leftPaths, ...(elsewhere?.leftPaths ?? [])])];
    }
  }

  /** One at a time, over all processes, and only on files that no earlier accept left half done. */
  async #exclusively<T>(
    work: (recoveries: readonly Recovery[]) => Promise<T>,
    undoElsewhere?: UndoElsewhere,
  ): Promise<T> {
    try {
      await this.#store.prepare();
      return await this.#lock.hold(async () => work(await this.#recover(undoElsewhere)));
    } catch (error) {
      if (error instanceof TrellisError || codeOf(error) === undefined) throw error;
      const reason = `The checkpoints in ${this.#store.folder} cannot be read or written (${errorMessage(error)})`;
      throw new StorageError(`${reason}, so nothing was changed; check the folder.`, { cause: error });
    }
  }

  /** The changes are made; what is too old to be kept can wait for the next time. */
  async #sweep(): Promise<void> {
    try {
      await this.#store.sweep(this.#limits);
    } catch (error) {
      this.#logger.log('warn', 'Old checkpoints could not be removed', { reason: errorMessage(error) });
    }
  }
}

/** A file that came from elsewhere to where there was none is moved back, with what was edited in it since. */
function isMove({ previousPath, before }: TransactionEntry): boolean {
  return previousPath !== undefined && before === null;
}

/** The folders that may be empty once these files are gone, innermost first: as with git, a folder is there as long as there is something in it. */
function foldersOf(operations: readonly FileOperation[]): readonly string[] {
  const folders = new Set<string>();
  for (const { path: file } of operations.filter(({ after }) => !after))
    for (let folder = path.posix.dirname(file); folder !== '.'; folder = path.posix.dirname(folder))
      folders.add(folder);
  return [...folders].sort((left, right) => right.length - left.length);
}

function inverseOf({ path: file, previousPath, before, after }: WantedChange): WantedChange {
  const source = previousPath === undefined ? {} : { previousPath: file };
  return { path: previousPath ?? file, ...source, before: after, after: before };
}
