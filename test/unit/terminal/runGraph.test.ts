import assert from 'node:assert/strict';
import { reduceAll } from '../../../src/domain/reduceRun.ts';
import type { RunState } from '../../../src/domain/runState.ts';
import { noColours } from '../../../src/terminal/palette.ts';
import { planLines, runLines } from '../../../src/terminal/runGraph.ts';
import { asItemId, buildEvents, buildItem, buildPlan } from '../../support/builders.ts';
import { planPayloads, samplePlan, workPayloads } from '../../support/sampleRun.ts';

const stateOf = (...payloads: Parameters<typeof buildEvents>[0][]): RunState =>
  reduceAll('run_test', buildEvents(payloads.flat()));

describe('planLines', () => {
  it('puts each item below and right of what it depends on', () => {
    assert.deepEqual(planLines(samplePlan, noColours), [
      '  analyse      analyzer  src/math.js             Look at the project',
      '    implement  coder     src/fibonacci.js        Write it  after analyse',
      '      test     sdet      test/fibonacci.test.js  Write test  after implement',
    ]);
  });

  it('shows hostile names as text', () => {
    const plan = buildPlan([buildItem('\u001b[2J', { filePath: 'a.js', description: 'a\nb' })]);
    assert.deepEqual(planLines(plan, noColours), ['  ␛[2J  coder  a.js  a b']);
  });
});

describe('runLines', () => {
  it('shows state, agent, seconds and tokens of each item', () => {
    const state = stateOf(planPayloads, workPayloads);
    const now = (state.items['implement']?.startedAt ?? 0) + 3400;
    assert.deepEqual(runLines(state, now, 24, noColours), [
      '▶ Add a function that calculates the nth Fibonacci number, wi…  working · 12.4 s · 2 calls · 3.0k tokens',
      '✔ analyse      analyzer  src/math.js                1.0 s  0 tokens',
      '●   implement  coder     src/fibonacci.js           3.4 s  1.5k tokens  edit src/fibonacci.js',
      '·     test     sdet      test/fibonacci.test.js  after implement',
    ]);
  });

  it('shows which file arrives, and how many there are so far', () => {
    const begun = (path: string, number: number) => {
      const event = { type: 'edit.begun', itemId: asItemId('implement'), sessionId: 's', path, number } as const;
      return runLines(stateOf(planPayloads, workPayloads, [event]), 0, 24, noColours)[2] ?? '';
    };
    assert.match(begun('src/cart.js', 1), / {2}write src\/cart\.js$/);
    assert.match(begun('src/cart.js', 2), / {2}write src\/cart\.js \(2 files so far\)$/);
    assert.match(begun(`\u001b[2J\u202e\n${'x'.repeat(200)}`, 2), / {2}write ␛\[2J\ufffd x+… \(2 files so far\)$/);
  });

  it('has a head line before there is a plan', () => {
    const [started] = planPayloads;
    assert.ok(started);
    assert.deepEqual(runLines(stateOf([started]), 3000, 24, noColours), [
      '▶ Add a function that calculates the nth Fibonacci number, wi…  planning · 2.0 s · 0 calls · 0 tokens',
    ]);
  });

  it('lets done and waiting items give way to those at work when rows are few', () => {
    const ids = Array.from({ length: 30 }, (_, index) => `i${String(index).padStart(2, '0')}`);
    const claimed = ids.slice(0, 12).flatMap((id, index) => {
      const order = { id, itemId: id, iteration: 0, priority: 'normal', enqueuedAt: 0, retryCount: 0 };
      return [
        { type: 'order.enqueued', order },
        { type: 'order.claimed', orderId: id, workerId: 'w', sessionId: 's', leaseExpiresAt: 0 },
        ...(index < 10 ? [{ type: 'order.completed', orderId: id, summary: '' }] : []),
      ];
    });
    const plan = { type: 'plan.proposed', plan: buildPlan(ids.map(id => buildItem(id))) };
    const [started] = planPayloads;
    const state = stateOf([started, plan, ...claimed] as Parameters<typeof buildEvents>[0]);
    const lines = runLines(state, 0, 8, noColours);
    assert.equal(lines.length, 7);
    assert.match(lines.join('\n'), /● i10 .*\n● i11 /);
    assert.equal(lines.at(-1), '  and 10 done, 15 planned');
  });
});
