import { errorMessage, StorageError } from '../base/errors.ts';

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const code = { busy: 5, locked: 6, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 };

/** The primary result code of an error that SQLite raised, or undefined for any other error. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

/** Whether SQLite found that the file is not what it wrote. */
export function isDamage(error: unknown): boolean {
  const found = resultCode(error);
  return found === code.corrupt || found === code.notADatabase;
}

/** One sentence for a failure of the database `file` that is not damage: what failed and what to do about it. */
export function storageFailure(error: unknown, file: string): StorageError {
  if (error instanceof StorageError) return error;
  return new StorageError(`The journal ${file} ${explain(error)}`, { cause: error });
}

function explain(error: unknown): string {
  switch (resultCode(error)) {
    case code.full:
      return 'could not be written because the disk is full; free some space and run again (what was recorded before is kept).';
    case code.ioError:
      return `could not be read or written (${errorMessage(error)}); check the free space and the health of its disk, then run again (what was recorded before is kept).`;
    case code.readOnly:
      return 'could not be written because it, or the folder it is in, is read-only; make both writable and run again.';
    case code.cannotOpen:
      return 'could not be opened; check that it is a file, that its folder exists, and that both may be read and written.';
    case code.busy:
    case code.locked:
      return 'is locked by another program; close that program and run again.';
    default:
      return `could not be used (${errorMessage(error)}).`;
  }
}
