import path from 'node:path';
import { StorageError } from '../../base/errors.ts';
import type { FileCalls } from './fileCalls.ts';
import { CHECKPOINT_FILE, INTENT_FILE } from './fileTransaction.ts';
import { type TransactionRecord, transactionRecordSchema } from './transactionRecord.ts';

/** How much is kept to go back to; the newest checkpoint is kept whatever its size. */
export interface CheckpointLimits {
  readonly maxCount: number;
  readonly maxBytes: number;
}

/** Where a store is, within a workspace's storage. */
export const CHECKPOINTS_FOLDER = 'checkpoints';

/** The folder in which each transaction has a folder with its record and content. */
export class CheckpointStore {
  readonly folder: string;
  readonly #calls: FileCalls;

  constructor(folder: string, calls: FileCalls) {
    this.folder = folder;
    this.#calls = calls;
  }

  folderOf(id: string): string {
    return path.join(this.folder, id);
  }

  /** Makes the folder and what is missing above it. */
  async prepare(): Promise<void> {
    const missing: string[] = [];
    let folder = this.folder;
    while ((await this.#calls.mode(folder)) === undefined) {
      missing.push(folder);
      folder = path.dirname(folder);
    }
    for (const each of missing.toReversed()) await this.#calls.makeFolder(each);
  }

  /** Transactions that came to their end, oldest first. */
  checkpoints(): Promise<TransactionRecord[]> {
    return this.#records(CHECKPOINT_FILE);
  }

  /** Transactions that did not. */
  intents(): Promise<TransactionRecord[]> {
    return this.#records(INTENT_FILE);
  }

  /** Removes what was left by a transaction that did not get as far as its intent, and what is beyond the limits. */
  async sweep(limits: CheckpointLimits): Promise<void> {
    const checkpoints = await this.checkpoints();
    const kept = new Set((await this.intents()).map(record => record.id));
    let bytes = 0;
    for (const [age, { id }] of checkpoints.toReversed().entries()) {
      bytes += await this.#bytesOf(id);
      if (age > 0 && (age >= limits.maxCount || bytes > limits.maxBytes)) break;
      kept.add(id);
    }
    for (const name of await this.#calls.names(this.folder))
      if (!kept.has(name)) await this.#calls.removeTree(this.folderOf(name));
  }

  async #bytesOf(id: string): Promise<number> {
    let bytes = 0;
    for (const name of await this.#calls.names(this.folderOf(id)))
      bytes += await this.#calls.size(path.join(this.folderOf(id), name));
    return bytes;
  }

  async #records(name: string): Promise<TransactionRecord[]> {
    const records: TransactionRecord[] = [];
    for (const id of await this.#calls.names(this.folder)) {
      const file = path.join(this.folderOf(id), name);
      const content = await this.#calls.read(file);
      if (content) records.push(parseRecord(content, file));
    }
    return records.sort((left, right) => left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1));
  }
}

function parseRecord(content: Uint8Array, file: string): TransactionRecord {
  try {
    return transactionRecordSchema.parse(JSON.parse(new TextDecoder().decode(content)));
  } catch (cause) {
    throw new StorageError(`The checkpoint ${file} is damaged; move its folder away to go on without it.`, { cause });
  }
}
