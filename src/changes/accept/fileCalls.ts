import { chmod, lstat, mkdir, open, readdir, readFile, rename, rm, rmdir, unlink } from 'node:fs/promises';

/** The calls to the file system by which changes are accepted. Tests put failures and crashes between them. */
export interface FileCalls {
  read(file: string): Promise<Uint8Array | undefined>;
  /** The permission bits, or undefined when there is no such file. */
  mode(file: string): Promise<number | undefined>;
  /** In bytes; 0 when there is no such file. */
  size(file: string): Promise<number>;
  /** Creates a file, which must not be there, and returns when it is on the disk. Without `mode`: as the system makes files. */
  create(file: string, content: Uint8Array, mode?: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** No error when it is not there. */
  remove(file: string): Promise<void>;
  /** Creates one folder; false when it is there already. */
  makeFolder(folder: string): Promise<boolean>;
  /** Removes a folder if it is empty. */
  removeEmptyFolder(folder: string): Promise<void>;
  removeTree(folder: string): Promise<void>;
  /** The names in a folder; empty when there is none. */
  names(folder: string): Promise<string[]>;
  /** Brings what was created, renamed and removed in the folder to the disk. */
  syncFolder(folder: string): Promise<void>;
}

export const diskCalls: FileCalls = {
  read: file => orUndefined(readFile(file)),

  async mode(file) {
    const stats = await orUndefined(lstat(file));
    return stats && stats.mode & 0o7777;
  },

  size: async file => (await orUndefined(lstat(file)))?.size ?? 0,

  async create(file, content, mode) {
    const handle = await open(file, 'wx', 0o666);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Only now: a mode given to `open` is cut by the process's mask.
    if (mode !== undefined) await chmod(file, mode);
  },

  rename,

  async remove(file) {
    await orUndefined(unlink(file));
  },

  async makeFolder(folder) {
    try {
      await mkdir(folder);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  },

  async removeEmptyFolder(folder) {
    try {
      await rmdir(folder);
    } catch (error) {
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
    }
  },

  removeTree: folder => rm(folder, { recursive: true, force: true }),

  names: async folder => (await orUndefined(readdir(folder))) ?? [],

  async syncFolder(folder) {
    // Windows has no handle of a folder to sync; there a rename is on the disk when it returns.
    if (process.platform === 'win32') return;
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

async function orUndefined<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
