import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock.ts';
import { limitingScript } from '../../support/modelServer/limitingScript.ts';
import { openHarness } from './harness.ts';

describe('twenty workers and a server with a limit', () => {
  it('get every answer, and are refused little', async () => {
    const { script, traffic } = limitingScript({ calls: 12, perMs: 250 }, 'yes');
    const harness = await openHarness('openai', script, { sleep: systemClock.sleep, random: Math.random });
    try {
      const worker = async () => {
        const answers: string[] = [];
        for (let count = 0; count < 2; count += 1) answers.push((await harness.ask()).text);
        return answers;
      };
      const answers = await Promise.all(Array.from({ length: 20 }, worker));
      assert.deepEqual([...new Set(answers.flat())], ['yes']);
      assert.equal(traffic.accepted.length, 40);
      // Without the governor it is more than were accepted.
      assert.ok(traffic.refused.length < 15, `${traffic.refused.length} refused`);
    } finally {
      await harness.close();
    }
  });
});
