import type { BlobStore } from '../changes/stagedFiles.ts';
import type { ContentStore } from './journal.ts';

/** The journal's contents in the shape that the staging overlay asks for. */
export function asBlobStore(contents: ContentStore): BlobStore {
  return {
    put: content => new Promise(resolve => resolve(contents.put(content))),
    get: hash => new Promise(resolve => resolve(contents.get(hash))),
  };
}
