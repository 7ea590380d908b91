import assert from 'node:assert/strict';
import type { RunEventPayload } from '../../../src/domain/schema/events.ts';
import { runIdSchema } from '../../../src/domain/schema/ids.ts';
import { MemoryJournal } from '../../../src/journal/memoryJournal.ts';
import { OthersSpending } from '../../../src/orchestrator/journaledSpending.ts';

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

function spendingIn(journal: MemoryJournal, own: string[] = []): OthersSpending {
  return new OthersSpending({ journal, prices, isOwn: exchangeId => own.includes(exchangeId) });
}

describe('OthersSpending', () => {
  let now: number;
  let journal: MemoryJournal;
  const append = (runId: string, ...payloads: RunEventPayload[]) => {
    for (const payload of payloads) journal.append(runIdSchema.parse(runId), payload, 'c');
  };

  beforeEach(() => {
    now = 1000;
    journal = new MemoryJournal({ clock: { now: () => now } });
  });

  it('adds up what was paid since then: cached calls are free, broken ones count, unknown prices are the dearest', () => {
    append('run_1', requested('e0', 'dear'), responded('e0', { costUsd: 99 }));
    now = 2000;
    append(
      'run_1',
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
    );
    // The one of unknown price: 1000 tokens at 10 and 100 at 100 dollars a million.
    assert.deepEqual(spendingIn(journal).since(2000), { tokens: 3300, usd: 0.5 + 0.02 + 0.25 });
  });

  it('leaves out the calls that are counted here, and adds what is new to what it knows', () => {
    const spending = spendingIn(journal, ['e0']);
    append('run_1', requested('e0', 'dear'), responded('e0', { costUsd: 9 }));
    append('run_other', requested('e1', 'dear'), responded('e1', { costUsd: 1 }), requested('e2', 'dear'));
    assert.deepEqual(spending.since(1000), { tokens: 1100, usd: 1 });
    append('run_other', responded('e2', { costUsd: 2 }));
    assert.deepEqual(spending.since(1000), { tokens: 2200, usd: 3 });
    now = 5000;
    append('run_other', requested('e3', 'dear'), responded('e3', { costUsd: 4 }));
    assert.deepEqual(spending.since(5000), { tokens: 1100, usd: 4 }, 'of another day');
  });
});
