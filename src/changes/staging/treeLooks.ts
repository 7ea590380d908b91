import type { TreeLook } from '../../domain/schema/reuse.ts';
import { contentHash } from '../memoryBlobStore.ts';
import type { FileVersion } from '../stagedFiles.ts';

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** Where somebody looked. */
export type Look = DistributiveOmit<TreeLook, 'seen'>;

/** What an item saw of the tree, each look once, in the order of the first. */
export class TreeLooks {
  readonly #byLook = new Map<string, TreeLook>();
  #isContradictory = false;

  /** Takes in that `look` showed `seen`. */
  record(look: Look, seen: string): void {
    const key = JSON.stringify(look);
    const earlier = this.#byLook.get(key);
    if (earlier === undefined) this.#byLook.set(key, { ...look, seen });
    else if (earlier.seen !== seen) this.#isContradictory = true;
  }

  /** Undefined when one look showed two things: the tree changed meanwhile, and what followed from what cannot be said. */
  all(): readonly TreeLook[] | undefined {
    return this.#isContradictory ? undefined : [...this.#byLook.values()];
  }
}

/** Stands for a file that was read, or looked for and not there. */
export function seenVersion(version: FileVersion | undefined): string {
  return version === undefined ? 'nothing' : `${version.hash}${version.isExecutable ? ' executable' : ''}`;
}

/** Stands for anything that can be written as JSON. */
export function seenValue(value: unknown): string {
  return contentHash(Buffer.from(JSON.stringify(value ?? null)));
}
