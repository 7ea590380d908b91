import assert from 'node:assert/strict';
import { StreamLogger } from '../../../src/terminal/streamLogger.ts';

describe('StreamLogger', () => {
  it('writes a line a message, with the fields of its parents, and nothing at trace', () => {
    const lines: string[] = [];
    const logger = new StreamLogger(text => void lines.push(text), []).child({ runId: 'run_1' });
    logger.log('trace', 'the whole prompt');
    logger.log('warn', 'slow\u001b[2J', { ms: 12, reason: undefined });
    assert.deepEqual(lines, ['warn  slow␛[2J runId="run_1" ms=12 reason=undefined\n']);
  });

  it('never writes a key', () => {
    const lines: string[] = [];
    const logger = new StreamLogger(text => void lines.push(text), ['my-own-secret']);
    logger.log('error', 'failed with my-own-secret', {
      error: new Error('Bearer sk-abcdefghijklmnop'),
      key: 'my-own-secret',
    });
    assert.doesNotMatch(lines.join(), /my-own-secret|abcdefghijklmnop/);
    assert.match(lines.join(), /^error failed with \[redacted\] error="Error: Bearer \[redacted\]/);
  });
});
