import type { Readable } from 'node:stream';

/** Collects what a command prints, up to a limit that both of its streams share. */
export class OutputCollector {
  readonly #maxBytes: number;
  readonly #onOverflow: () => void;
  readonly #chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  #bytes = 0;
  #isTruncated = false;

  /** `onOverflow` is called once, at the first byte over the limit. */
  constructor(maxBytes: number, onOverflow: () => void) {
    this.#maxBytes = maxBytes;
    this.#onOverflow = onOverflow;
  }

  collect(stream: Readable, name: 'stdout' | 'stderr'): void {
    stream.on('data', (chunk: Buffer) => {
      const kept = chunk.subarray(0, this.#maxBytes - this.#bytes);
      this.#bytes += kept.length;
      if (kept.length > 0) this.#chunks[name].push(kept);
      if (kept.length === chunk.length || this.#isTruncated) return;
      this.#isTruncated = true;
      this.#onOverflow();
    });
  }

  get isTruncated(): boolean {
    return this.#isTruncated;
  }

  text(name: 'stdout' | 'stderr'): string {
    return Buffer.concat(this.#chunks[name]).toString('utf8');
  }
}
