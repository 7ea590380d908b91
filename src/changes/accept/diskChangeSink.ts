import path from 'node:path';
import type { Clock, IdSource } from '../../base/clock.ts';
import { errorMessage, StorageError, TrellisError } from '../../base/errors.ts';
import { type Logger, silentLogger } from '../../base/logger.ts';
import type { DiskWorkspace } from '../diskWorkspace.ts';
import { type CheckpointLimits, CheckpointStore } from './checkpointStore.ts';
import { codeOf, diskCalls, type FileCalls } from './fileCalls.ts';
import { runTransaction } from './fileTransaction.ts';
import { FolderLock } from './folderLock.ts';
import { type FileOperation, planOperations, type WantedChange } from './planOperations.ts';
import { restoreEntries, storedVersion } from './restoreEntries.ts';
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

/** What was found of an accept, or a revert, that was cut short, and undone. */
export interface Recovery {
  readonly checkpointId: string;
  readonly runId: string;
  /** Files that were edited since in the same places, and therefore left as they are. */
  readonly leftPaths: readonly string[];
}

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
    this.#store = new CheckpointStore(path.join(options.storage, 'checkpoints'), this.#calls);
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
      const record = await this.#run(operations, { kind: 'accept', runId: options.runId }, options.signal);
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
      const record = await this.#run(operations, { kind: 'accept', runId }, signal, perform);
      return { checkpointId: record.id };
    });
  }

  /** Undoes what was cut short by a crash. To be called at the start, before anything looks at the files. */
  recover(): Promise<readonly Recovery[]> {
    return this.#exclusively(recoveries => Promise.resolve(recoveries));
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
      if (operations.length > 0) await this.#run(operations, { kind: 'revert', runId }, signal);
      for (const { path: file, after } of operations) if (!after) await this.#removeEmptyFoldersAbove(file);
      return operations.map(operation => operation.path).sort();
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
    await this.#run(operations, { kind: 'revert', runId: record.runId, reverts: id }, signal);
    for (const folder of record.madeFolders.toReversed())
      await this.#calls.removeEmptyFolder(path.join(this.#workspace.root, folder));
    return operations.map(operation => operation.path).sort();
  }

  /** As git does: a folder is there as long as there is something in it. */
  async #removeEmptyFoldersAbove(file: string): Promise<void> {
    for (let folder = path.posix.dirname(file); folder !== '.'; folder = path.posix.dirname(folder))
      await this.#calls.removeEmptyFolder(path.join(this.#workspace.root, folder));
  }

  #plan(changes: readonly WantedChange[]): Promise<readonly FileOperation[]> {
    return planOperations(changes, (file, movedFrom) => this.#workspace.permitWrite(file, movedFrom));
  }

  async #run(
    operations: readonly FileOperation[],
    purpose: Pick<TransactionRecord, 'kind' | 'runId' | 'reverts'>,
    signal: AbortSignal,
    perform?: () => Promise<void>,
  ): Promise<TransactionRecord> {
    const id = this.#ids('checkpoint');
    const record = await runTransaction({
      calls: this.#calls,
      root: this.#workspace.root,
      folder: this.#store.folderOf(id),
      record: { id, createdAt: this.#clock.now(), ...purpose },
      operations,
      perform,
      signal,
    });
    await this.#sweep();
    return record;
  }

  async #recover(): Promise<readonly Recovery[]> {
    const recoveries: Recovery[] = [];
    for (const record of await this.#store.intents()) {
      if (record.root !== this.#workspace.root) continue;
      const folder = this.#store.folderOf(record.id);
      const leftPaths = await restoreEntries({ calls: this.#calls, root: record.root, folder, record });
      await this.#calls.removeTree(folder);
      recoveries.push({ checkpointId: record.id, runId: record.runId, leftPaths });
    }
    await this.#sweep();
    return recoveries;
  }

  /** One at a time, over all processes, and only on files that no earlier accept left half done. */
  async #exclusively<T>(work: (recoveries: readonly Recovery[]) => Promise<T>): Promise<T> {
    try {
      await this.#store.prepare();
      return await this.#lock.hold(async () => work(await this.#recover()));
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

function inverseOf({ path: file, previousPath, before, after }: WantedChange): WantedChange {
  const source = previousPath === undefined ? {} : { previousPath: file };
  return { path: previousPath ?? file, ...source, before: after, after: before };
}
