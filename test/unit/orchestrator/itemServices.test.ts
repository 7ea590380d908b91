import assert from 'node:assert/strict';
import type { TestReport } from '../../../src/domain/schema/testReport.ts';
import { itemServices } from '../../../src/orchestrator/itemServices.ts';
import { testReport } from '../../support/reviewFixture.ts';

type Arguments = Parameters<typeof itemServices>;

/** The services of an item whose tests end with `tests`, in a project whose own tests are still running. */
function servicesWith(tests: TestReport) {
  const { promise, resolve } = Promise.withResolvers<TestReport | undefined>();
  const parts = {
    staged: { treeFor: () => Promise.resolve(new Map()) },
    proof: { runTests: () => Promise.resolve({ treeHash: 'hash', tests }), baseline: promise },
  } as unknown as Arguments[0];
  const claim = { item: { id: 'test' }, sessionId: 'session', workerId: 'worker' } as unknown as Arguments[1];
  const witness = { runsOnTree: () => Promise.resolve(), cannotRepeat: () => undefined } as unknown as Arguments[4];
  const services = itemServices(parts, claim, {} as Arguments[2], {} as Arguments[3], witness);
  return { services, finishBaseline: resolve };
}

describe('the tests that an agent runs', () => {
  const { signal } = new AbortController();
  const broken = testReport(['adds']);

  it('are held against those before the change also where they end first', async () => {
    const { services, finishBaseline } = servicesWith(broken);
    const observed = services.runTests({ signal });
    finishBaseline(broken);
    assert.equal((await observed).outcome, 'succeeded');
    const other = servicesWith(broken);
    other.finishBaseline(undefined);
    assert.equal((await other.services.runTests({ signal })).outcome, 'failed');
  });

  it('wait for nothing where they pass', async () => {
    assert.equal((await servicesWith(testReport()).services.runTests({ signal })).outcome, 'succeeded');
  });
});
