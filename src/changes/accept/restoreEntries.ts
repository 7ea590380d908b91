import { Buffer } from 'node:buffer';
import path from 'node:path';
import { StorageError } from '../../base/errors.ts';
import { fileVersion } from '../memoryBlobStore.ts';
import { mergeVersions, sameVersion, type VersionMerge } from '../merge/mergeVersions.ts';
import type { FileVersion } from '../stagedFiles.ts';
import type { FileCalls } from './fileCalls.ts';
import type { TransactionEntry, TransactionRecord } from './transactionRecord.ts';

export interface RestoreParts {
  readonly calls: FileCalls;
  readonly root: string;
  /** Where the transaction's content is. */
  readonly folder: string;
  readonly record: TransactionRecord;
}

export interface RestoreOutcome {
  /** There was something to undo. */
  readonly isChanged: boolean;
  /** Files that were edited since in the same places, and therefore left as they are. */
  readonly leftPaths: readonly string[];
}

/**
 * Undoes what a transaction that did not come to its end has done so far, whatever that is; may be called again and
 * again. A file that was edited since keeps those edits where they merge, and is left as it is where they do not.
 */
export async function restoreEntries(parts: RestoreParts): Promise<RestoreOutcome> {
  const { calls, root, record } = parts;
  const leftPaths: string[] = [];
  let isChanged = false;
  for (const { temporaryPath } of record.entries)
    if (temporaryPath !== null) await calls.remove(path.join(root, temporaryPath));
  for (const entry of record.entries) {
    const outcome = await restoreEntry(parts, entry);
    if (outcome === 'left') leftPaths.push(entry.path);
    isChanged ||= outcome === 'restored';
  }
  for (const folder of record.madeFolders.toReversed()) await calls.removeEmptyFolder(path.join(root, folder));
  return { isChanged, leftPaths };
}

/** `left`: the file was edited since, in a way that does not merge. */
async function restoreEntry(parts: RestoreParts, entry: TransactionEntry): Promise<'asBefore' | 'restored' | 'left'> {
  const { calls, root } = parts;
  const file = path.join(root, entry.path);
  const current = await currentVersion(calls, file);
  const before = await storedVersion(parts, entry, entry.before);
  if (sameVersion(current, before)) return 'asBefore';
  const after = await storedVersion(parts, entry, entry.after);
  const merge: VersionMerge = isBegun(current, after)
    ? { ok: true, version: before }
    : mergeVersions({ base: after, ours: current, theirs: before }, { ours: 'now', theirs: 'before' });
  if (!merge.ok) return 'left';
  if (sameVersion(current, merge.version)) return 'asBefore';
  if (!merge.version) await calls.remove(file);
  else {
    await makeFoldersAbove(parts, entry.path);
    const temporary = `${file}.restore.trellis-tmp`;
    await calls.remove(temporary);
    await calls.create(temporary, merge.version.content, entry.mode ?? undefined);
    await calls.rename(temporary, file);
  }
  // A folder that the transaction was about to make may not be there.
  if ((await calls.mode(path.dirname(file))) !== undefined) await calls.syncFolder(path.dirname(file));
  return 'restored';
}

/** An editor empties a file and then writes it: when it died in between, what is missing was not deleted by the user. */
function isBegun(current: FileVersion | undefined, after: FileVersion | undefined): boolean {
  if (!current || !after || current.content.length >= after.content.length) return false;
  return Buffer.compare(current.content, after.content.subarray(0, current.content.length)) === 0;
}

/** They are gone when the file was their last. */
async function makeFoldersAbove({ calls, root }: RestoreParts, file: string): Promise<void> {
  const segments = file.split('/').slice(0, -1);
  for (const count of segments.keys()) await calls.makeFolder(path.join(root, ...segments.slice(0, count + 1)));
}

async function currentVersion(calls: FileCalls, file: string): Promise<FileVersion | undefined> {
  const content = await calls.read(file);
  if (!content) return undefined;
  const mode = (await calls.mode(file)) ?? 0;
  return fileVersion(content, process.platform !== 'win32' && (mode & 0o111) !== 0);
}

/** A version out of the transaction's own content. */
export async function storedVersion(
  { calls, folder }: Pick<RestoreParts, 'calls' | 'folder'>,
  { path: file }: TransactionEntry,
  reference: TransactionEntry['before'],
): Promise<FileVersion | undefined> {
  if (!reference) return undefined;
  const content = await calls.read(path.join(folder, reference.hash));
  if (content) return { ...reference, content };
  throw new StorageError(`The checkpoint ${folder} has lost the content of ${file}; it cannot be used any more.`);
}
