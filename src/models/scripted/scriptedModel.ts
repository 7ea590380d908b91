import { readFile } from 'node:fs/promises';
import { abortErrorOf, throwIfAborted } from '../../base/abort.ts';
import type { Clock } from '../../base/clock.ts';
import { ConfigurationError, errorMessage, ModelError } from '../../base/errors.ts';
import type { ModelMessage } from '../../domain/schema/model.ts';
import {
  collectStream,
  type GenerateOptions,
  type GenerateRequest,
  type Generation,
  type LanguageModel,
  type StreamPart,
} from '../languageModel.ts';
import { parseScript, type ScriptedReply, type ScriptRule } from './script.ts';

export interface ScriptedModelOptions {
  readonly model: string;
  /** Path of the script; undefined when none is set, which is an error at the first use. */
  readonly file: string | undefined;
  readonly clock: Clock;
}

const provider = 'scripted';

/** Answers from a file, without a model: for demonstrations and tests. Each rule counts its own calls. */
export class ScriptedModel implements LanguageModel {
  readonly provider = provider;
  readonly model: string;
  readonly billing = 'free';
  readonly capabilities = { streaming: true, structuredOutput: false, contextLength: undefined };
  readonly #options: ScriptedModelOptions;
  #rules: readonly ScriptRule[] = [];
  readonly #used = new Map<ScriptRule, number>();

  constructor(options: ScriptedModelOptions) {
    this.model = options.model;
    this.#options = options;
  }

  async initialize(): Promise<void> {
    const { file } = this.#options;
    if (file === undefined) {
      throw new ConfigurationError('The provider scripted has no script; name a file with answers in scripted.file.');
    }
    this.#rules = parseScript(await readScript(file), file);
  }

  generate(request: GenerateRequest, options: GenerateOptions): Promise<Generation> {
    return collectStream(this.stream(request, options));
  }

  async *stream(request: GenerateRequest, { signal }: GenerateOptions): AsyncGenerator<StreamPart> {
    throwIfAborted(signal);
    const reply = this.#replyTo(request);
    await this.#wait(reply.delayMs ?? 0, signal);
    if (reply.failure !== undefined) throw failureOf(reply.failure, reply);
    for (const text of reply.text?.match(/[^\n]*\n|[^\n]+$/g) ?? []) yield { type: 'text', text };
    yield { type: 'end', finishReason: reply.finishReason ?? 'stop', usage: undefined };
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }

  /** The next answer of the first rule that fits. */
  #replyTo({ role, messages }: GenerateRequest): ScriptedReply {
    const prompt = messages.map(message => message.content).join('\n');
    const rule = this.#rules.find(
      candidate =>
        (candidate.role === undefined || candidate.role === role) &&
        candidate.contains.every(text => prompt.includes(text)),
    );
    const used = (rule && this.#used.get(rule)) ?? 0;
    const reply = rule?.answers[used] ?? rule?.answers.at(-1);
    if (rule === undefined || reply === undefined) throw this.#noAnswer(role, messages);
    this.#used.set(rule, used + 1);
    return reply;
  }

  #noAnswer(role: string | undefined, messages: readonly ModelMessage[]): ModelError {
    const [line = ''] = messages.at(-1)?.content.trimStart().split('\n') ?? [];
    const last = line.length > 80 ? `${line.slice(0, 80)}…` : line;
    const who = role === undefined ? 'this call' : `this call of the ${role}`;
    const message = `The script ${this.#options.file ?? ''} has no answer to ${who} (its last message begins "${last}"); add a rule that fits it.`;
    return new ModelError(message, { provider, retryable: false });
  }

  async #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    if (delayMs === 0) return;
    try {
      await this.#options.clock.sleep(delayMs, signal);
    } catch (error) {
      throw signal.aborted ? abortErrorOf(signal) : error;
    }
  }
}

async function readScript(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(
      `The script ${file} cannot be read (${errorMessage(error)}); name a file with answers in scripted.file.`,
      { cause: error },
    );
  }
}

function failureOf(message: string, { status, isRetryable = false }: ScriptedReply): ModelError {
  return new ModelError(message, { provider, retryable: isRetryable, ...(status !== undefined && { status }) });
}
