import assert from 'node:assert/strict';
import type { HttpFault } from '../../../../src/models/providers/httpCall.ts';
import {
  modelErrorOf,
  parseRetryAfter,
  serverMessage,
  unexpectedModelError,
} from '../../../../src/models/providers/modelFailure.ts';

const server = {
  provider: 'openai',
  url: 'http://me:hunter2@host/v1',
  model: 'm',
  howToStart: 'start it',
  addressVariable: 'TRELLIS_OPENAI_BASE_URL',
  keyRemedy: 'check the key',
  modelRemedy: 'choose another',
  secrets: ['the-secret'],
  now: () => Date.parse('2026-01-01T00:00:00Z'),
};

describe('parseRetryAfter', () => {
  const parse = (headers: Record<string, string>) => parseRetryAfter(new Headers(headers), server.now());

  it('reads seconds, dates and milliseconds', () => {
    assert.equal(parse({ 'retry-after': '2' }), 2000);
    assert.equal(parse({ 'retry-after': ' 0.5 ' }), 500);
    assert.equal(parse({ 'retry-after': 'Thu, 01 Jan 2026 00:00:10 GMT' }), 10_000);
    assert.equal(parse({ 'retry-after': 'Thu, 01 Jan 2015 00:00:10 GMT' }), 0);
    assert.equal(parse({ 'retry-after-ms': '30', 'retry-after': '2' }), 30);
  });

  it('ignores what it cannot read', () => {
    for (const value of ['', 'soon', '-1', '1e999']) assert.equal(parse({ 'retry-after': value }), undefined);
    assert.equal(parse({ 'retry-after-ms': '-4' }), undefined);
    assert.equal(parse({}), undefined);
  });
});

describe('serverMessage', () => {
  it('finds the message in the dialects of servers', () => {
    assert.equal(serverMessage('{"error":{"message":"too\\nlong."}}'), 'too long');
    assert.equal(serverMessage('{"error":"gone"}'), 'gone');
    assert.equal(serverMessage('{"message":"gone"}'), 'gone');
    assert.equal(serverMessage('{"detail":"gone"}'), 'gone');
    assert.equal(serverMessage('<html><body><h1>502</h1> Bad Gateway</body></html>'), '502 Bad Gateway');
    assert.equal(serverMessage('null'), 'null');
    assert.equal(serverMessage(''), '');
  });
});

describe('modelErrorOf', () => {
  it('redacts the known secrets and passwords in addresses, and keeps the cause', () => {
    const cause = new Error('inner');
    const fault = { kind: 'inStream', message: 'bad key the-secret', status: 401 } as const;
    const error = modelErrorOf(fault, server, cause);
    assert.doesNotMatch(error.message, /hunter2|the-secret/);
    assert.equal(error.cause, cause);
    assert.deepEqual([error.status, error.retryable], [401, false]);
  });

  it('shows no part of a secret that stands where a long text is cut', () => {
    for (let length = 240; length < 340; length += 1) {
      const text = `${'x'.repeat(length)} the-secret`;
      const faults: readonly HttpFault[] = [
        { kind: 'inStream', message: text, status: undefined },
        { kind: 'malformed', detail: text },
        { kind: 'status', status: 400, body: JSON.stringify({ error: text }), headers: new Headers() },
        { kind: 'status', status: 302, body: '', headers: new Headers({ location: `http://other/${text.trim()}` }) },
      ];
      const errors = [...faults.map(fault => modelErrorOf(fault, server)), unexpectedModelError(text, server)];
      for (const { message } of errors) assert.doesNotMatch(message, /the-/);
    }
  });

  it('keeps a long message short', () => {
    const body = 'x'.repeat(50_000);
    const { message } = modelErrorOf({ kind: 'status', status: 400, body, headers: new Headers() }, server);
    assert.match(message, /\(400: x{300}…\)/);
  });

  it('reads a body that is made to be slow at once', () => {
    const body = '<'.repeat(64 * 1024);
    const { message } = modelErrorOf({ kind: 'status', status: 500, body, headers: new Headers() }, server);
    assert.match(message, /\(500: <{300}…\)/);
  });

  it('tells a connection that is not trusted from a server that is not there', () => {
    for (const code of ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE']) {
      const error = modelErrorOf({ kind: 'connection', code }, server);
      assert.match(
        error.message,
        /^The certificate of .* is not trusted \(\w+\); name your authority's .* NODE_EXTRA_CA_CERTS/,
      );
      assert.equal(error.retryable, false);
    }
    const error = modelErrorOf({ kind: 'connection', code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, server);
    assert.match(error.message, /does not speak https .*; begin the address in TRELLIS_OPENAI_BASE_URL with http:\/\//);
    assert.equal(error.retryable, false);
  });

  it('describes an unexpected error without its secrets', () => {
    const error = unexpectedModelError(new TypeError('Invalid header the-secret'), server);
    assert.equal(
      error.message,
      'The openai server at http://me:[redacted]@host/v1 could not be asked: Invalid header [redacted]; see the log, or choose another model.',
    );
    assert.equal(error.retryable, false);
  });
});
