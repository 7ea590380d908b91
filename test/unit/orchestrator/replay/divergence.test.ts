import assert from 'node:assert/strict';
import type { RunEventPayload } from '../../../../src/domain/schema/events.ts';
import { findDivergence, unexpectedStep } from '../../../../src/orchestrator/replay/divergence.ts';
import { buildEvents } from '../../../support/builders.ts';

const hash = (sign: string) => sign.repeat(64);
const requested = (contentHash: string, temperature = 0): RunEventPayload => ({
  type: 'model.requested',
  exchangeId: 'exchange_1',
  role: 'planner',
  provider: 'openai',
  model: 'm',
  temperature,
  maxOutputTokens: 10,
  messages: [{ role: 'user', hash: contentHash }],
});

describe('findDivergence', () => {
  const texts = {
    recorded: (name: string) => (name === hash('a') ? 'same\nold' : undefined),
    made: (name: string) => (name === hash('b') ? 'same\nnew' : undefined),
  };
  const between = (recorded: RunEventPayload, made: RunEventPayload) => {
    const [one, other] = buildEvents([recorded, made]);
    assert.ok(one && other);
    return findDivergence(one, other, 'item write', texts);
  };

  it('finds none in events that differ in time and number only', () => {
    assert.equal(between(requested(hash('a')), requested(hash('a'))), undefined);
  });

  it('shows of a content the first line that differs', () => {
    const divergence = between(requested(hash('a')), requested(hash('b')));
    assert.deepEqual(divergence, {
      seq: 1,
      type: 'model.requested',
      itemId: 'write',
      place: 'messages[0].hash',
      expected: 'old',
      got: 'new',
      message:
        'Step 1 (model.requested, item write), messages[0].hash, line 2:\n  after "same"\n  recorded: "old"\n  replayed: "new"',
    });
  });

  it('shows a value as it is, and a hash whose content is gone', () => {
    const divergence = between(requested(hash('a')), requested(hash('a'), 0.5));
    assert.deepEqual([divergence?.place, divergence?.expected, divergence?.got], ['temperature', '0', '0.5']);
    assert.equal(between(requested(hash('a')), requested(hash('c')))?.got, `"${hash('c')}"`);
  });

  it('shows both events when they are of different kinds', () => {
    const divergence = between({ type: 'run.warned', message: 'x' }, requested(hash('a')));
    assert.equal(divergence?.place, '');
    assert.match(divergence.message, /recorded: \{"type":"run\.warned".+\n {2}replayed: \{"type":"model\.requested"/);
  });

  it('lets anything stand for what was masked when it was recorded, and nothing but that', () => {
    const warned = (message: string): RunEventPayload => ({ type: 'run.warned', message });
    const recorded = warned('It read [masked: environment-value], twice [masked: environment-value].');
    assert.equal(between(recorded, warned('It read one, twice another.')), undefined);
    for (const other of ['It read one.', 'It reads one, twice another.', 'It read one, twice another!'])
      assert.equal(between(recorded, warned(other))?.place, 'message', other);
  });

  it('says what a replay does that the run did not', () => {
    const [event] = buildEvents([{ type: 'run.warned', message: 'x' }]);
    assert.ok(event);
    assert.match(
      unexpectedStep(event, 'run', 'nothing').message,
      /^Step 1 \(run\.warned, run\):\n.+\n {2}replayed: nothing$/,
    );
  });
});
