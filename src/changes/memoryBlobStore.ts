import { createHash } from 'node:crypto';
import type { BlobStore, FileVersion } from './stagedFiles.ts';

/** SHA-256 of the bytes, hexadecimal. */
export function contentHash(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A file's content with its hash. */
export function fileVersion(content: Uint8Array, isExecutable: boolean): FileVersion {
  return { hash: contentHash(content), content, isExecutable };
}

/** Blobs that live as long as the process; for tests and for runs without a journal. */
export class MemoryBlobStore implements BlobStore {
  readonly #blobs = new Map<string, Uint8Array>();

  put(content: Uint8Array): Promise<string> {
    const hash = contentHash(content);
    if (!this.#blobs.has(hash)) this.#blobs.set(hash, content.slice());
    return Promise.resolve(hash);
  }

  get(hash: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#blobs.get(hash));
  }
}
