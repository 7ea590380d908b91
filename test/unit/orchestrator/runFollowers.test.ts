import assert from 'node:assert/strict';
import { AbortError } from '../../../src/base/errors.ts';
import type { Logger } from '../../../src/base/logger.ts';
import { computeRunMetrics } from '../../../src/domain/runMetrics.ts';
import { RunFollowers } from '../../../src/orchestrator/runFollowers.ts';
import { buildItem } from '../../support/builders.ts';

const run = { runId: 'run_1', request: 'Say hello', workspace: '/project' };

function followers(layers: ConstructorParameters<typeof RunFollowers>[0]['layers']) {
  const logged: unknown[] = [];
  const logger: Logger = {
    log: (_level, _message, fields) => void logged.push([fields?.['middleware'], fields?.['reason']]),
    child: () => logger,
  };
  return { logged, followers: new RunFollowers({ layers, run, logger }) };
}

describe('RunFollowers', () => {
  it('tells each layer in order, and goes on past one that fails', async () => {
    const seen: unknown[] = [];
    const broken = { name: 'broken', onRunStart: () => Promise.reject(new Error('boom')) };
    const tested = followers([
      broken,
      { name: 'without hooks' },
      {
        name: 'whole',
        onRunStart: async started => void seen.push(started),
        onItemError: async failed => void seen.push(failed),
        onRunEnd: async ended => void seen.push(ended),
      },
    ]);
    await tested.followers.started();
    await tested.followers.itemFailed(buildItem('item_1', { filePath: 'a.ts' }), 'no');
    await tested.followers.ended({ outcome: 'failed', message: 'It failed.' }, () => []);
    assert.deepEqual(seen, [
      run,
      { runId: 'run_1', itemId: 'item_1', filePath: 'a.ts', message: 'no' },
      { ...run, outcome: 'failed', message: 'It failed.', metrics: computeRunMetrics([]) },
    ]);
    assert.deepEqual(tested.logged, [['broken', 'boom']]);
  });

  it('lets the start be refused, and nothing after it', async () => {
    const refuse = () => Promise.reject(new AbortError('not today'));
    const tested = followers([{ name: 'strict', onRunStart: refuse, onRunEnd: refuse, onItemError: refuse }]);
    await assert.rejects(tested.followers.started(), { name: 'AbortError', message: 'not today' });
    await tested.followers.ended({ outcome: 'cancelled', message: 'not today' }, () => []);
    await tested.followers.itemFailed(buildItem('item_1'), 'no');
    assert.deepEqual(
      tested.logged,
      ['not today', 'not today'].map(reason => ['strict', reason]),
    );
  });
});
