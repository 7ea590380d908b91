import assert from 'node:assert/strict';
import { type LogFields, silentLogger } from '../../../src/base/logger.ts';
import { type LogEntry, RedactingLogger } from '../../../src/base/redactingLogger.ts';
import { runIdSchema } from '../../../src/domain/schema/ids.ts';
import { MemoryJournal } from '../../../src/journal/memoryJournal.ts';
import { JournaledRun } from '../../../src/orchestrator/journaledRun.ts';
import { logRunEvents } from '../../../src/orchestrator/logRunEvents.ts';

describe('logRunEvents', () => {
  it('logs each change of state under its correlation id, with the facts that fit into a line', () => {
    const entries: LogEntry[] = [];
    const run = new JournaledRun(
      new MemoryJournal({ clock: { now: () => 0 } }),
      runIdSchema.parse('run_1'),
      silentLogger,
    );
    logRunEvents(
      run,
      new RedactingLogger(
        entry => void entries.push(entry),
        () => [],
      ),
    );
    run.append({ type: 'run.warned', message: 'x'.repeat(1000) });
    run.append({ type: 'agent.think', itemId: 'one' as never, sessionId: 's', text: 'hm' }, 'session_1');
    run.append({ type: 'model.failed', exchangeId: 'e', message: 'm', willRetry: false });
    run.append({ type: 'run.ended', outcome: 'failed', message: 'over' });
    assert.deepEqual(
      entries.map(({ level, message, fields }) => [
        level,
        message,
        fields['runId'],
        fields['correlationId'],
        fields['seq'],
      ]),
      [
        ['info', 'run.warned', 'run_1', 'run_1', 1],
        ['debug', 'agent.think', 'run_1', 'session_1', 2],
        ['info', 'run.ended', 'run_1', 'run_1', 4],
      ],
    );
    run.append({
      type: 'order.enqueued',
      order: { id: 'order_1', itemId: 'one' as never, iteration: 0, priority: 'normal', enqueuedAt: 0, retryCount: 2 },
    });
    const { order } = entries.at(-1)?.fields ?? {};
    assert.deepEqual(
      [(order as LogFields)['id'], (order as LogFields)['itemId'], (order as LogFields)['retryCount']],
      ['order_1', 'one', 2],
    );
    assert.equal(String(entries[0]?.fields['message']).length, 301);
  });
});
