import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { modelMessageSchema } from '../../../src/domain/schema/model.ts';
import { anthropicFormat, anthropicMessages } from './anthropicFormat.ts';
import { type ModelScript, type ModelServerRequest, type Protocol, ScriptPlayer } from './modelScript.ts';
import { countPromptTokens, ollamaFormat, openaiFormat } from './protocols.ts';
import { sendReply } from './sendReply.ts';

const chatBodySchema = z.looseObject({
  model: z.string(),
  stream: z.boolean().optional(),
  options: z.looseObject({ num_ctx: z.number().optional() }).optional(),
  truncate: z.boolean().optional(),
});

const plainMessagesSchema = z.object({ messages: z.array(modelMessageSchema) });

const formats = { openai: openaiFormat, ollama: ollamaFormat, anthropic: anthropicFormat };

/**
 * An ordinary HTTP server on loopback that speaks OpenAI Chat Completions and Anthropic Messages under `/v1` and Ollama's
 * protocol under `/api`, and answers by a script. A request that no rule answers gets a 400 that says so.
 */
export class ModelServer {
  /** Every chat request so far, in order. */
  readonly requests: ModelServerRequest[] = [];
  /** Those that no rule had an answer for. */
  readonly unmatched: ModelServerRequest[] = [];
  readonly #server: Server;
  #script: ModelScript;
  #player: ScriptPlayer;
  #openAnswers = 0;
  readonly #waiting = new Set<() => void>();

  private constructor(script: ModelScript) {
    this.#script = script;
    this.#player = new ScriptPlayer(script);
    this.#server = createServer((request, response) => {
      this.#openAnswers += 1;
      response.once('close', () => {
        this.#openAnswers -= 1;
        this.#wake();
      });
      this.#handle(request, response).catch((error: unknown) => {
        // A client that goes away in the middle of an answer is part of what is tested.
        if (!response.destroyed) response.destroy(error instanceof Error ? error : undefined);
      });
    });
  }

  /** Listens on 127.0.0.1; `port` 0 takes a free one. */
  static async start(script: ModelScript, port = 0): Promise<ModelServer> {
    const server = new ModelServer(script);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(port, '127.0.0.1', resolve);
    });
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** For `TRELLIS_OPENAI_BASE_URL`; `url` is for `TRELLIS_OLLAMA_HOST` and `TRELLIS_ANTHROPIC_BASE_URL`. */
  get openaiBaseUrl(): string {
    return `${this.url}/v1`;
  }

  /** Answers by another script from now on. */
  play(script: ModelScript): void {
    this.#script = script;
    this.#player = new ScriptPlayer(script);
  }

  /** Resolves when `count` chat requests have come. */
  async waitForRequests(count: number): Promise<void> {
    await this.#waitUntil(() => this.requests.length >= count);
  }

  /** Resolves when no answer is under way: each has been sent to its end, or its client has gone. */
  async waitUntilIdle(): Promise<void> {
    await this.#waitUntil(() => this.#openAnswers === 0);
  }

  /** Ends all connections, also those with an answer under way. */
  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #waitUntil(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>(resolve => this.#waiting.add(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', this.url).pathname;
    const text = await readBody(request);
    const { models = ['scripted'] } = this.#script;
    switch (`${request.method} ${path}`) {
      case 'POST /v1/chat/completions':
        await this.#chat('openai', request, response, text);
        break;
      case 'POST /v1/messages':
        await this.#chat('anthropic', request, response, text);
        break;
      case 'POST /api/chat':
        await this.#chat('ollama', request, response, text);
        break;
      case 'POST /api/show':
        this.#show(response, text);
        break;
      case 'GET /v1/models':
        sendJson(response, 200, { object: 'list', data: models.map(id => ({ id, object: 'model' })) });
        break;
      case 'GET /api/tags':
        sendJson(response, 200, { models: models.map(name => ({ name, model: name })) });
        break;
      case 'GET /api/version':
        sendJson(response, 200, { version: '0.12.0' });
        break;
      default:
        response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
    }
  }

  #show(response: ServerResponse, text: string): void {
    const { model } = z.looseObject({ model: z.string() }).parse(JSON.parse(text));
    if (!this.#hasModel(model)) {
      sendJson(response, 404, { error: `model '${model}' not found` });
      return;
    }
    const contextLength = this.#script.contextLength ?? 32_768;
    const information = { 'general.architecture': 'scripted', 'scripted.context_length': contextLength };
    sendJson(response, 200, { details: {}, model_info: information, capabilities: ['completion'] });
  }

  #hasModel(model: string): boolean {
    return this.#script.models?.includes(model) ?? true;
  }

  async #chat(protocol: Protocol, incoming: IncomingMessage, response: ServerResponse, text: string): Promise<void> {
    const body = chatBodySchema.parse(JSON.parse(text));
    const messages = protocol === 'anthropic' ? anthropicMessages(body) : plainMessagesSchema.parse(body).messages;
    const request: ModelServerRequest = {
      protocol,
      headers: incoming.headers,
      model: body.model,
      messages,
      // Ollama streams unless it is told not to; the others the other way round.
      isStreaming: body.stream ?? protocol === 'ollama',
      body,
      at: Date.now(),
    };
    this.requests.push(request);
    this.#wake();
    const format = formats[protocol](request);
    const refuse = (status: number, message: string) => sendJson(response, status, format.errorBody(message, status));
    if (!this.#hasModel(body.model)) {
      refuse(404, `The model '${body.model}' does not exist`);
      return;
    }
    const inputTokens = countPromptTokens(request);
    const asked = protocol === 'ollama' ? (body.options?.num_ctx ?? 4096) : Infinity;
    const { loadedContext = Infinity } = this.#script;
    const limit = Math.min(asked, loadedContext);
    if (inputTokens > asked && body.truncate === false && this.#script.cutsLongPrompts !== true) {
      refuse(400, 'the input length exceeds the context length');
      return;
    }
    const reply = this.#player.play(request);
    if (reply === undefined) {
      this.unmatched.push(request);
      refuse(400, `The script has no answer for: ${request.messages.at(-1)?.content.slice(0, 200) ?? ''}`);
      return;
    }
    // What real servers keep of a prompt that is too long: half the context and two.
    await sendReply(response, request, format, reply, inputTokens > limit ? Math.floor(limit / 2) + 2 : inputTokens);
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
