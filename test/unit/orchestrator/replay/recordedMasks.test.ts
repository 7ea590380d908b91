import assert from 'node:assert/strict';
import { RecordedMasks } from '../../../../src/orchestrator/replay/recordedMasks.ts';
import { buildEvents } from '../../../support/builders.ts';

describe('RecordedMasks', () => {
  const warned = (message: string) => ({ type: 'run.warned', message }) as const;

  it('masks what the run masked, and leaves what it recorded as it was, or never', () => {
    const masks = new RecordedMasks(
      buildEvents([warned('It is [masked: environment-value], I said.'), warned('It is raining, I said.')]),
    );
    assert.equal(masks.mask('It is hunter2, I said.'), 'It is [masked: environment-value], I said.');
    for (const text of ['It is raining, I said.', 'It is hunter2.', 'And it is hunter2, I said.', '']) {
      assert.equal(masks.mask(text), text);
    }
  });
});
