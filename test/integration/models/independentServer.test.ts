import assert from 'node:assert/strict';
import { LLMock } from '@copilotkit/aimock';
import { ModelError } from '../../../src/base/errors.ts';
import type { ModelReply } from '../../../src/models/modelClient.ts';
import type { Protocol } from '../../support/modelServer/modelScript.ts';
import { type Harness, openHarness, outline, question } from './harness.ts';

type Fixture = Parameters<LLMock['addFixture']>[0];
type Served = Extract<Fixture['response'], object>;

const variants: readonly { name: string; protocol: Protocol; streaming: boolean }[] = [
  { name: 'openai', protocol: 'openai', streaming: true },
  { name: 'openai without streaming', protocol: 'openai', streaming: false },
  { name: 'ollama', protocol: 'ollama', streaming: true },
  { name: 'anthropic', protocol: 'anthropic', streaming: true },
];
const text = 'export const hello = "naïve → 你好 😀";\n'.repeat(5);

// A client and a scripted server from one hand can share a mistake: this server was written by others.
for (const { name, protocol, streaming } of variants) {
  describe(`the ${name} provider, against a server that others wrote`, () => {
    let server: LLMock;
    let harness: Harness;

    beforeEach(async () => {
      server = new LLMock({ port: 0, logLevel: 'silent', chunkSize: 7 });
      // It knows Ollama's chat and not what is asked before it.
      server.mount('/api/show', {
        handleRequest: (_request, response) => {
          response.setHeader('content-type', 'application/json');
          response.end(JSON.stringify({ model_info: { 'llama.context_length': 8192 } }));
          return Promise.resolve(true);
        },
      });
      await server.start();
    });

    afterEach(async () => {
      await harness.close();
      await server.stop();
    });

    async function open(response: Served, options: Partial<Fixture> = {}, later?: Served): Promise<void> {
      if (later !== undefined) {
        server.addFixture({ match: { userMessage: /hello/, sequenceIndex: 0 }, response, ...options });
        server.addFixture({ match: { userMessage: /hello/ }, response: later });
      } else server.addFixture({ match: { userMessage: /hello/ }, response, ...options });
      harness = await openHarness(
        protocol,
        { rules: [] },
        {
          openai: { baseUrl: `${server.url}/v1`, streaming },
          ollama: { host: server.url },
          anthropic: { baseUrl: server.url },
        },
      );
    }

    const chats = () => server.getRequests().filter(({ path }) => !path.startsWith('/api/show'));

    it('gets the text, as it comes and whole, and the tokens that were counted', async () => {
      const usage = { prompt_tokens: 12, completion_tokens: 34, input_tokens: 12, output_tokens: 34 };
      await open({ content: text, usage });
      const deltas: string[] = [];
      const reply = await harness.ask({ onText: delta => deltas.push(delta) });
      assert.deepEqual([reply.text, deltas.join(''), reply.finishReason], [text, text, 'stop']);
      assert.equal(deltas.length > 5, streaming);
      // It counts nothing for Ollama, and that is not believed.
      const counted = protocol === 'ollama' ? [17, 65, true] : [12, 34, undefined];
      assert.deepEqual([reply.usage.inputTokens, reply.usage.outputTokens, reply.isUsageEstimated], counted);
    });

    it('takes what it sends for what it means', async () => {
      await open({ content: 'yes' });
      await harness.ask();
      const [body] = chats().map(request => request.body);
      assert.deepEqual([body?.['model'], body?.['messages']], ['scripted', question.messages]);
    });

    it('gets an answer to a schema', async () => {
      await open({ content: '{"ok": true}' });
      const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
      const call = { ...question, responseSchema: { name: 'verdict', schema } };
      const reply: ModelReply = await harness.client.call(call, { signal: new AbortController().signal });
      assert.deepEqual(JSON.parse(reply.text), { ok: true });
    });

    it('leaves out what the model thought', async () => {
      await open({ content: 'four', reasoning: 'Is it 2 + 2?' });
      assert.equal((await harness.ask()).text, 'four');
    });

    // It ends all its answers in Ollama's protocol with "stop".
    if (protocol !== 'ollama') {
      it('is told of an answer that reached its limit', async () => {
        await open({ content: text, finishReason: 'length' });
        assert.equal((await harness.ask()).finishReason, 'length');
      });
    }

    for (const status of [400, 401, 403, 404]) {
      it(`does not try again after ${status}`, async () => {
        await open({ error: { message: 'no such luck', type: 'some_error' }, status });
        await assert.rejects(harness.ask(), (error: unknown) => {
          assert.ok(error instanceof ModelError && error.status === status);
          assert.match(error.message, new RegExp(`\\(${status}: no such luck\\); `));
          return true;
        });
        assert.deepEqual(outline(harness.events), ['requested', 'failed']);
      });
    }

    for (const status of [408, 429, 500, 502, 503, 529]) {
      it(`tries again after ${status}`, async () => {
        await open({ error: { message: 'no such luck', type: 'some_error' }, status }, {}, { content: text });
        assert.equal((await harness.ask()).text, text);
        assert.deepEqual(outline(harness.events), ['requested', 'retry', 'responded']);
      });
    }

    it('waits as long as it is asked to', async () => {
      await open({ error: { message: 'slow down' }, status: 429, retryAfter: 7 }, {}, { content: text });
      await harness.ask();
      assert.equal(harness.delaysMs[0], 7250);
    });

    const faults: Readonly<Record<string, Partial<Fixture>>> = {
      'an answer that is not JSON': { chaos: { malformedRate: 1 } },
      'a lost connection': { chaos: { disconnectRate: 1 } },
      'a failure of its own': { chaos: { dropRate: 1 } },
      'a limit of its own': { chaos: { rateLimitRate: 1 } },
      ...(streaming && { 'an answer that breaks off': { truncateAfterChunks: 4 } }),
    };
    for (const [fault, options] of Object.entries(faults)) {
      it(`tries again after ${fault}`, async () => {
        await open({ content: text }, options, { content: text });
        assert.equal((await harness.ask()).text, text);
        assert.deepEqual(outline(harness.events), ['requested', 'retry', 'responded']);
      });
    }
  });
}
