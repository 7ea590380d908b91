import assert from 'node:assert/strict';
import { RedactingLogger } from '../../../src/base/redactingLogger.ts';
import { streamSink } from '../../../src/terminal/streamLogger.ts';

function openLogger(secrets: readonly string[] = []) {
  const lines: string[] = [];
  const logger = new RedactingLogger(
    streamSink(text => void lines.push(text)),
    () => secrets,
  );
  return { lines, logger };
}

describe('streamSink', () => {
  it('writes a line a message, with the fields of its parents, and nothing at trace', () => {
    const { lines, logger } = openLogger();
    const child = logger.child({ runId: 'run_1' });
    child.log('trace', 'the whole prompt');
    child.log('warn', 'slow\u001b[2J', { ms: 12, reason: undefined });
    assert.deepEqual(lines, ['warn  slow␛[2J runId="run_1" ms=12 reason=undefined\n']);
  });

  it('never writes a key', () => {
    const { lines, logger } = openLogger(['my-own-secret']);
    logger.log('error', 'failed with my-own-secret', {
      error: new Error('Bearer sk-abcdefghijklmnop', { cause: { headers: { authorization: 'my-own-secret' } } }),
      key: 'my-own-secret',
    });
    assert.doesNotMatch(lines.join(), /my-own-secret|abcdefghijklmnop/);
    assert.match(lines.join(), /^error failed with \[redacted\] error=\{.*"message":"Bearer \[redacted\]"/);
  });
});
