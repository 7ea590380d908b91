import assert from 'node:assert/strict';
import sinon from 'sinon';
import { silentLogger } from '../../../src/base/logger.ts';
import type { ModelMessage } from '../../../src/domain/schema/model.ts';
import { MemoryJournal } from '../../../src/journal/memoryJournal.ts';
import type { ModelRequest } from '../../../src/models/middleware.ts';
import { JournaledRun } from '../../../src/orchestrator/journaledRun.ts';
import { modelRecorder } from '../../../src/orchestrator/modelRecorder.ts';
import { asRunId } from '../../support/journalEvents.ts';

const settings = { provider: 'openai', model: 'm', temperature: 0, maxOutputTokens: 10 };
const { signal } = new AbortController();

function requestOf(exchangeId: string, messages: readonly ModelMessage[]): ModelRequest {
  return { exchangeId, settings, signal, call: { role: 'coder', messages } };
}

describe('modelRecorder', () => {
  const journal = new MemoryJournal({ clock: { now: () => 0 } });
  const run = new JournaledRun(journal, asRunId('run_1'), silentLogger);
  const recorder = modelRecorder(run);
  afterEach(() => sinon.restore());

  it('keeps each message of a conversation once, however often it is sent', async () => {
    const put = sinon.spy(journal.contents, 'put');
    const first: ModelMessage = { role: 'user', content: 'What is it?' };
    const second: ModelMessage = { role: 'assistant', content: 'A bug.' };
    await recorder.record({ type: 'requested', request: requestOf('one', [first]) });
    await recorder.record({ type: 'requested', request: requestOf('two', [first, second]) });
    assert.deepEqual(
      put.args.map(([content]) => content),
      ['What is it?', 'A bug.'],
    );
    const hashesOf = (exchangeId: string) =>
      journal
        .read(run.runId)
        .flatMap(event => (event.type === 'model.requested' && event.exchangeId === exchangeId ? event.messages : []))
        .map(({ hash }) => Buffer.from(journal.contents.get(hash) ?? []).toString());
    assert.deepEqual([hashesOf('one'), hashesOf('two')], [['What is it?'], ['What is it?', 'A bug.']]);
  });

  it('lets an answer go on while its record is on the way to the disk', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    sinon.stub(journal, 'sync').returns(promise);
    const usage = { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0 };
    const reply = { text: 'Yes.', finishReason: 'stop', usage, costUsd: 0, latencyMs: 1, isCached: false } as const;
    const request = requestOf('three', []);
    await recorder.record({
      type: 'responded',
      request,
      reply: { ...reply, provider: 'openai', model: 'm', exchangeId: 'three' },
    });
    assert.equal(journal.read(run.runId).at(-1)?.type, 'model.responded');
    let isSynced = false;
    const synced = run.sync().then(() => (isSynced = true));
    await new Promise(setImmediate);
    assert.ok(!isSynced);
    resolve();
    await synced;
  });
});
