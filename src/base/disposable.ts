/** Something that holds a resource. Who creates it disposes it. */
export interface Disposable {
  dispose(): void | Promise<void>;
}

/** Owns disposables: idempotent, last in first out, one failure does not keep the rest alive, late arrivals are disposed at once. */
export class DisposableStore implements Disposable {
  #items: Disposable[] = [];
  #isDisposed = false;

  /** Takes ownership of `item` and returns it. */
  add<T extends Disposable>(item: T): T {
    if (this.#isDisposed) void item.dispose();
    else this.#items.push(item);
    return item;
  }

  /** Disposes everything; throws an `AggregateError` at the end if any of it failed. */
  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    const failures: unknown[] = [];
    for (const item of this.#items.reverse()) {
      try {
        await item.dispose();
      } catch (error) {
        failures.push(error);
      }
    }
    this.#items = [];
    if (failures.length > 0) throw new AggregateError(failures, 'Some resources could not be released.');
  }
}

/** Runs `work` with a store of its own and disposes that at the end. What `work` throws comes before what disposing throws. */
export async function withResources<T>(work: (resources: DisposableStore) => Promise<T>): Promise<T> {
  const resources = new DisposableStore();
  let result: T;
  try {
    result = await work(resources);
  } catch (error) {
    // The cause of it all is told; what fails to close after it most likely fails for the same reason.
    await resources.dispose().catch(() => undefined);
    throw error;
  }
  await resources.dispose();
  return result;
}
