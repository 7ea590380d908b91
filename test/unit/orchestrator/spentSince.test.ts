import assert from 'node:assert/strict';
import type { RunEvent, RunEventPayload } from '../../../src/domain/schema/events.ts';
import { runIdSchema } from '../../../src/domain/schema/ids.ts';
import { spentSince } from '../../../src/orchestrator/spentSince.ts';
import { buildEvents } from '../../support/builders.ts';

const prices = { sources: [], prices: { 'openai/dear': { input: 10, cachedInput: 1, output: 100 } } };
const usage = { inputTokens: 1000, outputTokens: 100, cachedInputTokens: 500 };
const hash = 'a'.repeat(64);

const requested = (exchangeId: string, model: string): RunEventPayload => ({
  type: 'model.requested',
  exchangeId,
  role: 'coder',
  provider: 'openai',
  model,
  temperature: 0,
  maxOutputTokens: 10,
  messages: [],
});
const responded = (exchangeId: string, changes: { costUsd?: number; isCached?: boolean }): RunEventPayload => ({
  type: 'model.responded',
  exchangeId,
  role: 'coder',
  textHash: hash,
  finishReason: 'stop',
  usage,
  latencyMs: 1,
  isCached: false,
  ...changes,
});

/** A journal that holds the events as one run, and one that ended before. */
function journalOf(events: readonly RunEvent[]) {
  const run = { title: 'a run', startedAt: 0, events: 1 };
  const [now, old] = [runIdSchema.parse('run_test'), runIdSchema.parse('run_old')];
  return {
    runs: () => [
      { ...run, runId: now },
      { ...run, runId: old, endedAt: 1 },
    ],
    read: (runId: string) => {
      assert.equal(runId, now, 'a run that had ended is not read');
      return [...events];
    },
  };
}

describe('spentSince', () => {
  it('adds up what was paid since then: cached calls are free, broken ones count, unknown prices are the dearest', () => {
    const events = buildEvents([
      requested('e0', 'dear'),
      responded('e0', { costUsd: 99 }),
      requested('e1', 'dear'),
      responded('e1', { costUsd: 0.5 }),
      responded('e1', { costUsd: 0.5, isCached: true }),
      requested('e2', 'unheard of'),
      responded('e2', {}),
      { type: 'model.failed', exchangeId: 'e2', message: '', willRetry: true },
      {
        type: 'model.failed',
        exchangeId: 'e2',
        message: '',
        willRetry: true,
        charge: { role: 'coder', usage, costUsd: 0.25 },
      },
    ]);
    const since = events[2]?.at ?? 0;
    // The one of unknown price: 1000 tokens at 10 and 100 at 100 dollars a million.
    assert.deepEqual(spentSince(journalOf(events), since, prices), { tokens: 3300, usd: 0.5 + 0.02 + 0.25 });
  });
});
