import assert from 'node:assert/strict';
import { redactFields } from '../../../src/base/redactFields.ts';

const known = ['horse.battery'];
const redact = (value: unknown) => redactFields(value, known);

describe('redactFields', () => {
  it('masks known secrets and keys in every string, however deep', () => {
    const value = {
      url: 'http://me:horse.battery@host/',
      list: [{ text: 'x horse.battery y' }, new Set(['horse.battery'])],
    };
    assert.deepEqual(redact(value), {
      url: 'http://me:[redacted]@host/',
      list: [{ text: 'x [redacted] y' }, ['[redacted]']],
    });
    assert.equal(
      redact(new URL('https://a:sk-abcdefghijkl@host/?key=horse.battery')),
      'https://a:[redacted]@host/?key=[redacted]',
    );
  });

  it('cuts a long text without showing a part of a secret', () => {
    for (let length = 7980; length < 8000; length += 1) {
      const text = String(redact(`${'x'.repeat(length)} horse.battery${' y'.repeat(9000)}`));
      assert.ok(text.length < 8100 && !/h/.test(text.split('…')[0] ?? ''), text.slice(-60));
    }
  });

  it('masks whole what is called a secret, in objects, maps and headers, and keeps numbers', () => {
    assert.deepEqual(redact({ apiKey: 'short', password: 'x', inputTokens: 12, token: null }), {
      apiKey: '[redacted]',
      password: '[redacted]',
      inputTokens: 12,
      token: null,
    });
    assert.deepEqual(
      redact(new Headers({ Authorization: 'Basic abc', Cookie: 'a=b', 'x-api-key': 'k', accept: 'text' })),
      {
        accept: 'text',
        authorization: '[redacted]',
        cookie: '[redacted]',
        'x-api-key': '[redacted]',
      },
    );
    assert.deepEqual(redact(new Map([['client_secret', ['one', 'two']]])), {
      client_secret: ['[redacted]', '[redacted]'],
    });
    assert.deepEqual(redact({ 'key horse.battery': 1 }), { 'key [redacted]': 1 });
  });

  it('keeps the causes of errors and what they carry, without secrets', () => {
    const cause = Object.assign(new Error('GET http://u:horse.battery@h failed'), {
      headers: { authorization: 'Bearer x' },
    });
    const error = new AggregateError([new Error('inner horse.battery')], 'outer horse.battery', { cause });
    const text = JSON.stringify(redact({ error }));
    assert.ok(!text.includes('horse.battery') && !text.includes('Bearer x'), text);
    for (const part of [
      'outer [redacted]',
      'inner [redacted]',
      'GET http://u:[redacted]@h failed',
      'redactFields.test',
    ]) {
      assert.ok(text.includes(part), part);
    }
  });

  it('comes to an end with whatever it is given', () => {
    const cycle: Record<string, unknown> = { name: 'a' };
    cycle['self'] = cycle;
    assert.deepEqual(redact(cycle), { name: 'a', self: '(seen above)' });
    assert.deepEqual(
      redact([Buffer.from('abc'), 10n, () => 1, Symbol('s'), undefined, new Date(0), new Date(Number.NaN)]),
      ['(3 bytes)', '10', '(a function)', '(a symbol)', undefined, '1970-01-01T00:00:00.000Z', 'an invalid date'],
    );
    let deep: unknown = 'end';
    for (let depth = 0; depth < 50; depth += 1) deep = { deep };
    assert.match(JSON.stringify(redact(deep)), /\(too deep\)/);
    assert.match(String(redact('x'.repeat(20_000))), /… \(20000 characters\)$/);
  });
});
