import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { OutputCollector } from '../../../../src/sandbox/process/outputCollector.ts';

describe('OutputCollector', () => {
  function collect(maxBytes: number, chunks: readonly (readonly ['stdout' | 'stderr', string | Buffer])[]) {
    let overflows = 0;
    const collector = new OutputCollector(maxBytes, () => {
      overflows += 1;
    });
    const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
    for (const name of ['stdout', 'stderr'] as const) collector.collect(streams[name], name);
    for (const [name, chunk] of chunks) streams[name].emit('data', Buffer.from(chunk));
    return { collector, overflows, text: [collector.text('stdout'), collector.text('stderr')] };
  }

  it('keeps the streams apart and counts them together', () => {
    const { collector, text, overflows } = collect(6, [
      ['stdout', 'abc'],
      ['stderr', 'de'],
      ['stdout', 'f'],
    ]);
    assert.deepEqual(text, ['abcf', 'de']);
    assert.deepEqual([collector.isTruncated, overflows], [false, 0]);
  });

  it('cuts at the limit, and says so once', () => {
    const { collector, text, overflows } = collect(4, [
      ['stdout', 'abc'],
      ['stderr', 'defg'],
      ['stdout', 'hi'],
    ]);
    assert.deepEqual(text, ['abc', 'd']);
    assert.deepEqual([collector.isTruncated, overflows], [true, 1]);
  });

  it('joins characters that arrive in two chunks, and replaces what is no UTF-8', () => {
    const [first = 0, ...rest] = Buffer.from('ü');
    assert.deepEqual(
      collect(9, [
        ['stdout', Buffer.from([first])],
        ['stdout', Buffer.from(rest)],
      ]).text,
      ['ü', ''],
    );
    assert.deepEqual(collect(9, [['stdout', Buffer.from([0xff, 0x61])]]).text, ['\ufffda', '']);
  });
});
