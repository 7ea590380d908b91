import path from 'node:path';
import { errorMessage, StorageError, TrellisError, ValidationError } from '../../base/errors.ts';
import { foldPath } from '../foldPath.ts';
import { contentHash } from '../memoryBlobStore.ts';
import { codeOf, type FileCalls } from './fileCalls.ts';
import type { FileOperation } from './planOperations.ts';
import { restoreEntries } from './restoreEntries.ts';
import type { TransactionEntry, TransactionRecord } from './transactionRecord.ts';

export interface TransactionParts {
  readonly calls: FileCalls;
  /** The workspace. */
  readonly root: string;
  /** The folder of this transaction's record and content; made here. */
  readonly folder: string;
  readonly record: Omit<TransactionRecord, 'version' | 'root' | 'entries' | 'madeFolders'>;
  readonly operations: readonly FileOperation[];
  /** Does the operations in another way, such as by an editor; by default the files are written here. */
  readonly perform?: (() => Promise<void>) | undefined;
  /** Folders that go with their last file, innermost first. */
  readonly emptied?: readonly string[];
  readonly signal: AbortSignal;
}

/** Names of the record while the files may be between the two states, and when all of them are in the new one. */
export const INTENT_FILE = 'intent.json';
export const CHECKPOINT_FILE = 'checkpoint.json';

/**
 * Writes all files or none, also when the process or the machine dies in between. First the old and new content and a
 * record of the intent go to the disk; then the new files are made beside the old ones, which is where a full disk or a
 * folder without permission shows; then they are renamed into place; then the record is renamed to a checkpoint, and
 * that is the moment from which the change counts as made. What is found with an intent and no checkpoint is undone.
 */
export async function runTransaction(parts: TransactionParts): Promise<TransactionRecord> {
  const { calls, root, folder, operations, perform, emptied = [], signal } = parts;
  const record = await recordOf(parts);
  try {
    await writeIntent(parts, record);
    if (!perform) await makeTemporaries(parts, record);
    await checkUnchanged(parts, record);
    signal.throwIfAborted();
    await (perform ? perform() : putInPlace(parts, record));
    for (const each of emptied) await calls.removeEmptyFolder(path.join(root, each));
    await calls.rename(path.join(folder, INTENT_FILE), path.join(folder, CHECKPOINT_FILE));
    await calls.syncFolder(folder);
    return record;
  } catch (error) {
    await undo(parts, record, error);
    if (signal.aborted || error instanceof TrellisError) throw error;
    const paths = operations.map(operation => operation.path);
    throw new StorageError(`${reasonOf(error)}, so none of ${paths.join(', ')} was changed.`, { cause: error });
  }
}

async function recordOf({ calls, root, record, operations }: TransactionParts): Promise<TransactionRecord> {
  const entries: TransactionEntry[] = [];
  for (const [index, { path: file, previousPath, before, after }] of operations.entries()) {
    const mode = before ? ((await calls.mode(path.join(root, file))) ?? null) : null;
    if (mode !== null && (mode & 0o222) === 0)
      throw new ValidationError(`${file} is write-protected; nothing was changed. Make it writable first.`);
    const folder = path.posix.dirname(file);
    const name = `.${record.id}-${index}.trellis-tmp`;
    entries.push({
      path: file,
      ...(previousPath === undefined ? {} : { previousPath }),
      before: before ? { hash: before.hash, isExecutable: before.isExecutable } : null,
      mode,
      after: after ? { hash: after.hash, isExecutable: after.isExecutable } : null,
      temporaryPath: after ? (folder === '.' ? name : `${folder}/${name}`) : null,
    });
  }
  return { ...record, version: 1, root, entries, madeFolders: await missingFolders(calls, root, entries) };
}

async function missingFolders(calls: FileCalls, root: string, entries: readonly TransactionEntry[]): Promise<string[]> {
  const missing = new Set<string>();
  for (const { path: file, after } of entries) {
    if (!after) continue;
    const segments = file.split('/').slice(0, -1);
    for (let count = 1; count <= segments.length; count++) {
      const folder = segments.slice(0, count).join('/');
      if (!missing.has(folder) && (await calls.mode(path.join(root, folder))) === undefined) missing.add(folder);
    }
  }
  return [...missing];
}

async function writeIntent({ calls, folder, operations }: TransactionParts, record: TransactionRecord): Promise<void> {
  await calls.makeFolder(folder);
  const written = new Set<string>();
  for (const version of operations.flatMap(({ before, after }) => [before, after])) {
    if (!version || written.has(version.hash)) continue;
    written.add(version.hash);
    await calls.create(path.join(folder, version.hash), version.content);
  }
  const draft = path.join(folder, `${INTENT_FILE}.draft`);
  await calls.create(draft, new TextEncoder().encode(JSON.stringify(record)));
  await calls.rename(draft, path.join(folder, INTENT_FILE));
  await calls.syncFolder(folder);
  await calls.syncFolder(path.dirname(folder));
}

async function makeTemporaries(parts: TransactionParts, record: TransactionRecord): Promise<void> {
  const { calls, root, operations } = parts;
  for (const folder of record.madeFolders) await calls.makeFolder(path.join(root, folder));
  for (const [index, { temporaryPath, mode }] of record.entries.entries()) {
    const after = operations[index]?.after;
    if (temporaryPath === null || !after) continue;
    await calls.create(path.join(root, temporaryPath), after.content, modeOf(mode, after.isExecutable));
  }
}

/** The mode of the file before, with the executable bits of the new version; undefined for an ordinary new file. */
export function modeOf(before: number | null, isExecutable: boolean): number | undefined {
  if (before === null) return isExecutable ? 0o755 : undefined;
  if (!isExecutable) return before & ~0o111;
  return (before & 0o111) !== 0 ? before : before | ((before & 0o444) >> 2);
}

/** The last look before the first file is touched. */
async function checkUnchanged(parts: TransactionParts, record: TransactionRecord): Promise<void> {
  for (const entry of record.entries) await checkEntry(parts, entry);
}

async function checkEntry({ calls, root }: TransactionParts, { path: file, before }: TransactionEntry): Promise<void> {
  const content = await calls.read(path.join(root, file));
  if ((content && contentHash(content)) !== before?.hash)
    throw new ValidationError(`${file} changed while the changes were applied; nothing was changed, try again.`);
}

/** Each file is looked at again just before it is touched: in a large change that is long after the first was. */
async function putInPlace(parts: TransactionParts, record: TransactionRecord): Promise<void> {
  const { calls, root } = parts;
  const written = record.entries.filter(entry => entry.after);
  const deleted = record.entries.filter(entry => !entry.after);
  const newNames = new Set(written.map(entry => foldPath(entry.path)));
  // A file that is renamed to another case of its name has to go first where the two names are one.
  const first = deleted.filter(entry => newNames.has(foldPath(entry.path)));
  for (const entry of first) {
    await checkEntry(parts, entry);
    await calls.remove(path.join(root, entry.path));
  }
  const gone = new Set(first.map(entry => foldPath(entry.path)));
  for (const entry of written) {
    if (entry.temporaryPath === null) continue;
    if (!gone.has(foldPath(entry.path))) await checkEntry(parts, entry);
    await calls.rename(path.join(root, entry.temporaryPath), path.join(root, entry.path));
  }
  for (const entry of deleted) {
    if (first.includes(entry)) continue;
    await checkEntry(parts, entry);
    await calls.remove(path.join(root, entry.path));
  }
  const folders = new Set(record.entries.map(entry => path.dirname(path.join(root, entry.path))));
  for (const folder of folders) await calls.syncFolder(folder);
}

/** Brings everything back; when even that fails, the intent stays on the disk and the next start does it. */
async function undo(
  { calls, root, folder }: TransactionParts,
  record: TransactionRecord,
  cause: unknown,
): Promise<void> {
  try {
    await restoreEntries({ calls, root, folder, record });
    await calls.removeTree(folder);
  } catch (error) {
    const reason = `${reasonOf(cause)}, and the files could not be brought back now (${errorMessage(error)})`;
    throw new StorageError(`${reason}; free the cause and start Trellis again, which brings them back first.`, {
      cause: new AggregateError([cause, error]),
    });
  }
}

function reasonOf(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'The disk is full';
    case 'EACCES':
    case 'EPERM':
      return `There is no permission to write (${errorMessage(error)})`;
    case 'EROFS':
      return 'The workspace is on a disk that can only be read';
    default:
      return `The changes could not be written (${errorMessage(error)})`;
  }
}
