import assert from 'node:assert/strict';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import type { Protocol, ScriptAnswer, ScriptReply } from '../../support/modelServer/modelScript.ts';
import {
  assertFails,
  type ExpectedFailure,
  type Harness,
  type HarnessOptions,
  openHarness,
  outline,
} from './harness.ts';

const ok = 'export const hello = 1;';
const quick = { limits: { firstByteTimeoutMs: 250, idleTimeoutMs: 250 } };

interface FaultCase extends ExpectedFailure {
  readonly name: string;
  readonly reply: ScriptReply;
  readonly options?: HarnessOptions;
  /** Only for one of the protocols. */
  readonly protocol?: Protocol;
}

const begun = (fault: Exclude<ScriptAnswer['fault'], undefined>): ScriptAnswer => ({ text: 'export const', fault });
const status = (code: number, rest: { message: RegExp; retryable: boolean }, body?: unknown): FaultCase => ({
  name: `status ${code}${body === undefined ? '' : ` (${JSON.stringify(body)})`}`,
  reply: { status: code, body },
  status: code,
  ...rest,
});

const cases: readonly FaultCase[] = [
  status(400, { retryable: false, message: /refused the call \(400: scripted 400\)/ }),
  status(401, { retryable: false, message: /did not accept the key \(401: .*(OPENAI|OLLAMA|ANTHROPIC)_API_KEY/ }),
  status(403, { retryable: false, message: /does not allow this call \(403: .*(OPENAI|OLLAMA|ANTHROPIC)_API_KEY/ }),
  status(404, {
    retryable: false,
    message: /has no model "scripted" \(404: .*(ollama pull scripted|TRELLIS_(OPENAI|ANTHROPIC)_BASE_URL)/,
  }),
  status(408, { retryable: true, message: /failed \(408: scripted 408\)/ }),
  status(429, { retryable: true, message: /limits how much may be asked \(429: scripted 429\)/ }),
  status(
    429,
    { retryable: false, message: /has nothing left to spend/ },
    { error: { message: 'You exceeded your quota' } },
  ),
  status(402, { retryable: false, message: /has nothing left to spend for this key \(402: scripted 402\)/ }),
  status(
    400,
    { retryable: false, message: /has nothing left to spend/ },
    { error: { message: 'Your credit balance is too low' } },
  ),
  status(500, { retryable: true, message: /failed \(500: scripted 500\)/ }),
  status(502, { retryable: true, message: /failed \(502: Bad Gateway\)/ }, '<html><h1>Bad Gateway</h1></html>'),
  status(503, { retryable: true, message: /failed \(503: overloaded\)/ }, { error: 'overloaded' }),
  status(529, { retryable: true, message: /failed \(529: overloaded\)/ }, { message: 'overloaded' }),
  {
    name: 'a connection that is reset before any answer',
    reply: { connection: 'reset' },
    retryable: true,
    message: /lost the connection before its answer was complete \((ECONNRESET|UND_ERR_SOCKET)\)/,
  },
  {
    name: 'a connection that is reset in the middle of the answer',
    reply: begun('reset'),
    retryable: true,
    message: /lost the connection before its answer was complete/,
  },
  {
    name: 'a server that never answers',
    reply: { connection: 'stall' },
    options: quick,
    retryable: true,
    message: /did not begin to answer within 0\.3 s/,
  },
  {
    name: 'a server that stops in the middle of the answer',
    reply: begun('stall'),
    options: quick,
    retryable: true,
    message: /stopped in the middle of its answer for 0\.3 s/,
  },
  {
    name: 'a stream that ends cleanly without saying that it is complete',
    reply: begun('cut'),
    retryable: true,
    message: /without saying that it was complete/,
  },
  {
    name: 'a stream that ends before it began',
    reply: { text: '', fault: 'cut' },
    retryable: true,
    message: /without saying that it was complete/,
  },
  {
    name: 'an error object in the stream',
    reply: begun({ error: { message: 'the engine is overloaded', type: 'server_error' } }),
    retryable: true,
    message: /broke its answer off with an error: the engine is overloaded\./,
  },
  {
    name: 'an error text in the stream',
    reply: begun({ error: 'llama runner process has terminated' }),
    protocol: 'ollama',
    retryable: true,
    message: /broke its answer off with an error: llama runner process has terminated\./,
  },
  {
    name: 'an error object in the stream with the status of a call that is wrong',
    reply: begun({ error: { message: 'prompt is too long', code: 400 } }),
    protocol: 'openai',
    status: 400,
    retryable: false,
    message: /prompt is too long/,
  },
  {
    name: 'an error event that says that the server is overloaded',
    reply: begun({ error: { type: 'overloaded_error', message: 'Overloaded' } }),
    protocol: 'anthropic',
    status: 529,
    retryable: true,
    message: /broke its answer off with an error: Overloaded\./,
  },
  {
    name: 'an error event for a call that is wrong',
    reply: begun({ error: { type: 'invalid_request_error', message: 'messages: too long' } }),
    protocol: 'anthropic',
    status: 400,
    retryable: false,
    message: /broke its answer off with an error: messages: too long\./,
  },
  {
    name: 'a frame that is not JSON',
    reply: begun({ malformed: '{"choices": [}' }),
    retryable: true,
    message: /sent something that is not the protocol/,
  },
  {
    name: 'a frame that is JSON of another shape',
    reply: begun({ malformed: '{"choices": 7, "done": "yes"}' }),
    retryable: true,
    message: /sent something that is not the protocol \(a (chunk|line) of another shape/,
  },
  {
    name: 'a frame that is JSON but no object',
    reply: begun({ malformed: '17' }),
    retryable: true,
    message: /sent something that is not the protocol/,
  },
  {
    name: 'an answer without choices',
    reply: { text: ok, hasNoChoices: true },
    protocol: 'openai',
    retryable: true,
    message: /an answer without choices/,
  },
  {
    name: 'one frame that does not end',
    reply: { text: 'x'.repeat(1000), repeat: 20_000, frameCharacters: 20_000_000 },
    retryable: false,
    message: /sent an answer of more than 4000000 characters/,
  },
];

for (const protocol of ['openai', 'ollama', 'anthropic'] as const) {
  describe(`the ${protocol} provider, when the server fails`, () => {
    let harness: Harness;

    afterEach(() => harness.close());

    for (const fault of cases.filter(one => one.protocol === undefined || one.protocol === protocol)) {
      it(`${fault.retryable ? 'retries' : 'does not retry'} ${fault.name}`, async () => {
        harness = await openHarness(protocol, { rules: [{ replies: [fault.reply] }] }, fault.options);
        await assertFails(harness.ask(), fault);
        assert.equal(harness.server.requests.length, fault.retryable ? 4 : 1);
        const retries = fault.retryable ? ['retry', 'retry', 'retry'] : [];
        assert.deepEqual(outline(harness.events), ['requested', ...retries, 'failed']);
      });

      if (fault.retryable) {
        it(`recovers when the server does: ${fault.name}`, async () => {
          harness = await openHarness(protocol, { rules: [{ replies: [fault.reply, ok] }] }, fault.options);
          const received: string[] = [];
          let restarts = 0;
          const reply = await harness.ask({
            onText: delta => received.push(delta),
            onRestart: () => {
              restarts += 1;
              received.length = 0;
            },
          });
          assert.equal(reply.text, ok);
          assert.equal(received.join(''), ok);
          assert.equal(restarts, 1);
          assert.deepEqual(outline(harness.events), ['requested', 'retry', 'responded']);
        });
      }
    }

    it('names the address and what to do when no server is there', async () => {
      harness = await openHarness(protocol, { rules: [] });
      const { url } = harness.server;
      await harness.server.close();
      await assertFails(harness.ask(), {
        message: new RegExp(
          `No model server answers at ${url}(/v1)? \\(ECONNREFUSED\\); start it.*(TRELLIS_(OPENAI|ANTHROPIC)_BASE_URL|TRELLIS_OLLAMA_HOST)`,
        ),
        retryable: true,
      });
      assert.equal(harness.delaysMs.length, 3);
    });

    it('waits as long as the server asks for, in seconds and as a date', async () => {
      const date = new Date(Date.now() + 30_000).toUTCString();
      const replies = [
        { status: 429, headers: { 'retry-after': '7' } },
        { status: 503, headers: { 'retry-after': date } },
        { status: 429, headers: { 'retry-after-ms': '1500' } },
        ok,
      ];
      harness = await openHarness(protocol, { rules: [{ replies }] }, { random: () => 0 });
      await harness.ask();
      const [seconds, untilDate, milliseconds] = harness.delaysMs;
      assert.equal(seconds, 7000);
      assert.ok(untilDate !== undefined && untilDate > 18_000 && untilDate <= 23_000, `${untilDate}`);
      assert.equal(milliseconds, 1500);
    });

    it('does not wait for a server that asks for too long', async () => {
      const reply = { status: 429, headers: { 'retry-after': '3600' } };
      harness = await openHarness(protocol, { rules: [{ replies: [reply] }] });
      await assertFails(harness.ask(), { message: /limits how much/, status: 429, retryable: true });
      assert.deepEqual(harness.delaysMs, []);
    });

    it('keeps the key out of the message although the server quotes it', async () => {
      const body = { error: { message: 'Incorrect API key provided: key-4711-of-the-tests, or sk-abcdefgh12345678' } };
      harness = await openHarness(protocol, { rules: [{ replies: [{ status: 401, body }] }] }, { openai: {} });
      await assertFails(harness.ask(), {
        message: /Incorrect API key provided: .*\[redacted\]/,
        status: 401,
        retryable: false,
      });
      const text = JSON.stringify(harness.events.map(event => (event.type === 'failed' ? event.message : '')));
      assert.doesNotMatch(text, protocol === 'ollama' ? /sk-/ : /4711|sk-/);
    });

    it('drops an answer that is too long, and the connection with it', async () => {
      const reply = { text: 'x'.repeat(1000), repeat: 30_000, frameCharacters: 10_000 };
      harness = await openHarness(protocol, { rules: [{ replies: [reply] }] });
      await assertFails(harness.ask(), { message: /gave an answer of more than 4000000 characters/, retryable: false });
      assert.equal(harness.server.requests.length, 1);
      // The rest is not sent: the server would wait for it to be taken for ever.
      await harness.server.waitUntilIdle();
    });

    it('takes slow tokens for what they are: slow, not dead', async () => {
      const text = 'an answer that takes longer than any one pause may';
      const reply = { text, frameCharacters: 1, frameDelayMs: 25 };
      const limits = { firstByteTimeoutMs: 1000, idleTimeoutMs: 1000 };
      harness = await openHarness(protocol, { rules: [{ replies: [reply] }] }, { limits });
      const answered = await harness.ask();
      assert.equal(answered.text, text);
      assert.ok(answered.latencyMs > limits.idleTimeoutMs, `${answered.latencyMs}`);
    });

    it('ends as cancelled, at once and without a retry, before and in the middle of an answer', async () => {
      const replies: ScriptReply[] = [{ connection: 'stall' }, begun('stall')];
      harness = await openHarness(protocol, { rules: [{ replies }] });
      const early = new AbortController();
      const first = harness.ask({ signal: early.signal });
      await harness.server.waitForRequests(1);
      early.abort();
      await assert.rejects(first, { name: 'AbortError', kind: 'abort' });

      const late = new AbortController();
      const second = harness.ask({ signal: late.signal, onText: () => late.abort() });
      await assert.rejects(second, { name: 'AbortError', kind: 'abort' });
      assert.equal(harness.server.requests.length, 2);
      assert.deepEqual(outline(harness.events), ['requested', 'failed', 'requested', 'failed']);
      // The connections are gone, not merely forgotten.
      await harness.server.waitUntilIdle();
    });

    it('ends as cancelled while it waits for the next try', async () => {
      const controller = new AbortController();
      const sleep: Clock['sleep'] = (_ms, signal) => {
        const sleeping = systemClock.sleep(60_000, signal);
        controller.abort();
        return sleeping;
      };
      harness = await openHarness(protocol, { rules: [{ replies: [{ status: 500 }] }] }, { sleep });
      await assert.rejects(harness.ask({ signal: controller.signal }), { name: 'AbortError', kind: 'abort' });
      assert.equal(harness.server.requests.length, 1);
      assert.deepEqual(outline(harness.events), ['requested', 'retry', 'failed']);
    });
  });
}
