import assert from 'node:assert/strict';
import { qualityMessage } from '../../../src/orchestrator/qualityMessage.ts';

const score = { completeness: 1, correctness: 1, evidence: [], itemsAtFault: [], passed: false };

describe('why a result was not applied', () => {
  it('is its score, with the first reason for it', () => {
    assert.equal(
      qualityMessage({ ...score, overall: 0.4, feedback: ['A test fails.', 'Another fails.'] }, 0.75),
      'The quality 0.40 is below the threshold 0.75; nothing was applied. A test fails.',
    );
  });

  it('is what no score outweighs, when the score alone would do', () => {
    assert.equal(
      qualityMessage({ ...score, overall: 0.8, feedback: [] }, 0.75),
      'The result cannot pass, although its quality 0.80 reaches the threshold 0.75; nothing was applied.',
    );
  });
});
