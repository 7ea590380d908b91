import assert from 'node:assert/strict';
import { DisposableStore, withResources } from '../../../src/base/disposable.ts';

describe('DisposableStore', () => {
  it('disposes last in, first out, once, and what comes late at once', async () => {
    const disposed: string[] = [];
    const resource = (name: string) => ({ dispose: () => void disposed.push(name) });
    const store = new DisposableStore();
    store.add(resource('first'));
    store.add(resource('second'));
    await store.dispose();
    await store.dispose();
    store.add(resource('late'));
    assert.deepEqual(disposed, ['second', 'first', 'late']);
  });

  it('disposes the rest when one fails, and tells of all failures', async () => {
    const disposed: string[] = [];
    const store = new DisposableStore();
    store.add({ dispose: () => void disposed.push('first') });
    store.add({ dispose: () => Promise.reject(new Error('second')) });
    await assert.rejects(
      store.dispose(),
      (error: unknown) => error instanceof AggregateError && error.errors.length === 1,
    );
    assert.deepEqual(disposed, ['first']);
  });
});

describe('withResources', () => {
  const failing = { dispose: () => Promise.reject(new Error('cannot close')) };

  it('disposes after the work, and returns what that returned', async () => {
    const steps: string[] = [];
    const result = await withResources(async resources => {
      resources.add({ dispose: () => void steps.push('disposed') });
      steps.push('worked');
      return 42;
    });
    assert.deepEqual([result, steps], [42, ['worked', 'disposed']]);
  });

  it('tells what the work threw before what disposing threw', async () => {
    const work = withResources(async resources => {
      resources.add(failing);
      throw new Error('disk full');
    });
    await assert.rejects(work, /disk full/);
  });

  it('does not keep a failure to dispose to itself', async () => {
    await assert.rejects(
      withResources(async resources => void resources.add(failing)),
      AggregateError,
    );
  });
});
