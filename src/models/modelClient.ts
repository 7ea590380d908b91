import { z } from 'zod';
import { ModelError, UnusableAnswerError } from '../base/errors.ts';
import type { PromptLibrary } from '../base/promptLibrary.ts';
import type { FinishReason, JsonRepair, ModelMessage, ModelRole, TokenUsage } from '../domain/schema/model.ts';
import { type ParsedAnswer, parseJsonAnswer } from './jsonAnswer.ts';
import type { RateLimits } from './providers/rateLimits.ts';

/** The shape that an answer must have; sent to providers that can enforce it, checked by us in any case. */
export interface ResponseSchema {
  /** Letters, digits, `_` and `-` only: it travels to the provider. */
  readonly name: string;
  /** A JSON Schema whose root is an object. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** One question to the model that serves a role. Stable text goes first in `messages`, so that prompt caches hit. */
export interface ModelCall {
  readonly role: ModelRole;
  readonly messages: readonly ModelMessage[];
  readonly responseSchema?: ResponseSchema;
  /** The work item and the worker's session on whose behalf the call is made; they go to the journal. */
  readonly itemId?: string;
  readonly sessionId?: string;
}

export interface ModelReply {
  readonly text: string;
  readonly finishReason: FinishReason;
  readonly usage: TokenUsage;
  /** True when the server did not count the tokens (or not sensibly) and `usage` is our own estimate. */
  readonly isUsageEstimated?: boolean;
  /** Undefined when no price is known for the model; 0 for a local one. */
  readonly costUsd: number | undefined;
  /** From the first attempt to the end of the answer, waits between attempts included. */
  readonly latencyMs: number;
  /** Of the attempt that succeeded; undefined when the answer held no text or came from a cache. */
  readonly timeToFirstTokenMs?: number;
  /** True when the answer was not paid for again. */
  readonly isCached: boolean;
  readonly provider: string;
  readonly model: string;
  /** What the server said of its limits, where it said something. */
  readonly rateLimits?: RateLimits;
  /** Names this call and its answer in the journal. */
  readonly exchangeId: string;
}

export interface ModelCallOptions {
  readonly signal: AbortSignal;
  /** Receives the answer as it arrives. */
  readonly onText?: (delta: string) => void;
  /** What `onText` received so far is void: the call is made again. */
  readonly onRestart?: () => void;
}

/** What reading an answer came to that did not fit as it was. */
export interface AnswerReading {
  /** The answer's. */
  readonly exchangeId: string;
  readonly role: ModelRole;
  /** What made it fit; empty when nothing did. */
  readonly repairs: readonly JsonRepair[];
  /** What is wrong with it, each with its path; empty when it was mended. */
  readonly problems: readonly string[];
}

/** The one door to language models: every call of a run goes through it and is recorded. */
export interface ModelClient {
  /**
   * Asks the model configured for `call.role`, retrying what can be retried.
   * @throws ModelError when no answer was got; its message says what to do about it.
   * @throws AbortError when `options.signal` was aborted.
   */
  call(call: ModelCall, options: ModelCallOptions): Promise<ModelReply>;
  /** Records what was done to an answer, or why it was sent back. */
  recordReading(reading: AnswerReading): Promise<void>;
}

export interface JsonReply<T> {
  readonly value: T;
  /** What was done to the accepted answer; empty when it fitted as it came. */
  readonly repairs: readonly JsonRepair[];
  /** Every reply that was paid for, the accepted one last. */
  readonly replies: readonly ModelReply[];
}

/** An answer of the right shape, with what was done to it and the reply that it came in. */
export interface JsonAnswer<T> {
  readonly value: T;
  readonly repairs: readonly JsonRepair[];
  readonly reply: ModelReply;
}

export interface JsonCallOptions<T> extends ModelCallOptions {
  /** Holds the prompt `correction`, with which a wrong answer is sent back. */
  readonly prompts: PromptLibrary;
  /** Looks for what the schema cannot see; an answer with problems is wrong, and they are told to the model. */
  readonly check?: (answer: JsonAnswer<T>) => readonly string[] | Promise<readonly string[]>;
  /** Told of each wrong answer, 1 for the first, the last one too. */
  readonly onRejected?: (attempt: number, problems: readonly string[]) => void;
}

const maxCorrections = 2;
/** How much of a wrong answer is shown to the model again. */
const maxQuotedCharacters = 32_000;

/**
 * Asks for JSON of the shape `schema`: by the provider's structured output where it has one, and in any case by
 * reading the answer leniently and asking again, at most twice, with the exact paths of what is wrong. The prompt
 * itself must describe the shape, since not every provider is told of it.
 * @throws ModelError as `ModelClient.call` does, and when the model refuses.
 * @throws UnusableAnswerError when no answer fits.
 */
export async function callForJson<T>(
  client: ModelClient,
  call: ModelCall,
  schema: z.ZodType<T>,
  options: JsonCallOptions<T>,
): Promise<JsonReply<T>> {
  const responseSchema = call.responseSchema ?? responseSchemaOf(call.role, schema);
  const replies: ModelReply[] = [];
  let messages = call.messages;
  for (;;) {
    const reply = await client.call({ ...call, messages, responseSchema }, options);
    replies.push(reply);
    if (reply.finishReason === 'refusal') throw refused(call, reply);
    const read = await readAnswer(reply, schema, options.check);
    await recordReading(client, call, reply, read);
    if (read.ok) return { value: read.value, repairs: read.repairs, replies };
    options.onRejected?.(replies.length, read.problems);
    if (replies.length > maxCorrections) throw unusable(call, reply, replies.length, read.problems);
    options.onRestart?.();
    messages = [...call.messages, ...correction(reply.text, read.problems, options.prompts)];
  }
}

async function readAnswer<T>(
  reply: ModelReply,
  schema: z.ZodType<T>,
  check: JsonCallOptions<T>['check'],
): Promise<ParsedAnswer<T>> {
  const parsed = parseJsonAnswer(reply.text, schema);
  if (!parsed.ok || check === undefined) return parsed;
  const problems = await check({ value: parsed.value, repairs: parsed.repairs, reply });
  return problems.length === 0 ? parsed : { ok: false, problems };
}

async function recordReading(
  client: ModelClient,
  { role }: ModelCall,
  { exchangeId }: ModelReply,
  read: ParsedAnswer<unknown>,
) {
  const repairs = read.ok ? read.repairs : [];
  const problems = read.ok ? [] : read.problems;
  if (repairs.length + problems.length > 0) await client.recordReading({ exchangeId, role, repairs, problems });
}

function responseSchemaOf(role: ModelRole, schema: z.ZodType): ResponseSchema {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return { name: `${role}_answer`, schema: jsonSchema };
}

function correction(answer: string, problems: readonly string[], prompts: PromptLibrary): ModelMessage[] {
  const list = problems.map(problem => `- ${problem}`).join('\n');
  const content = prompts.render('correction', { problems: list }).user;
  if (answer.trim() === '') return [{ role: 'user', content }];
  return [
    { role: 'assistant', content: answer.slice(0, maxQuotedCharacters) },
    { role: 'user', content },
  ];
}

function refused(call: ModelCall, reply: ModelReply): ModelError {
  const message = `${nameOf(call, reply)} refused to answer (${quote(reply.text) || 'no reason given'}). ${remedy}`;
  return new ModelError(message, { provider: reply.provider, retryable: false });
}

function unusable(call: ModelCall, reply: ModelReply, tries: number, problems: readonly string[]): UnusableAnswerError {
  const last = quote(problems.join('; '));
  const cut = reply.finishReason === 'length' ? ' It reached its limit of tokens: raise maxOutputTokens.' : '';
  const message = `${nameOf(call, reply)} gave no usable answer in ${tries} tries (the last: ${last}).${cut} ${remedy}`;
  return new UnusableAnswerError(message, reply.provider, problems);
}

const remedy = 'Try again, or choose a stronger model for this role.';

function nameOf(call: ModelCall, reply: ModelReply): string {
  return `The ${call.role} model "${reply.model}" (${reply.provider})`;
}

function quote(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
