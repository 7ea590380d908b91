import type { Disposable } from '../base/disposable.ts';
import type { FinishReason, ModelMessage, ModelRole, TokenUsage } from '../domain/schema/model.ts';
import type { ResponseSchema } from './modelClient.ts';
import type { RateLimits } from './providers/rateLimits.ts';

export interface LanguageModelCapabilities {
  /** Whether `stream` delivers text as it is made; where not, `generate` is called. */
  readonly streaming: boolean;
  /** Whether the server itself keeps an answer to a JSON schema. May turn false once the server refused one. */
  readonly structuredOutput: boolean;
  /** Tokens of prompt and answer together, where it is known. */
  readonly contextLength: number | undefined;
}

/** How a call is paid: by the public price list, not at all, or in a way that we do not know. */
export type Billing = 'listed' | 'free' | 'unknown';

export interface GenerateRequest {
  readonly messages: readonly ModelMessage[];
  readonly temperature: number;
  readonly maxOutputTokens: number;
  readonly responseSchema?: ResponseSchema;
  /** What the model is asked to be; for a provider that answers by it. Servers are not told. */
  readonly role?: ModelRole;
  /** Whether a call that begins with the same messages is likely to follow, so that keeping them is worth its price. */
  readonly willBeContinued?: boolean;
}

export interface GenerateOptions {
  readonly signal: AbortSignal;
}

/** What is left to say when an answer has ended. */
export interface GenerationEnd {
  readonly finishReason: FinishReason;
  /** Undefined when the server did not count, or counted nonsense. */
  readonly usage: TokenUsage | undefined;
  /** What the server said of its limits, where it said something. */
  readonly rateLimits?: RateLimits;
}

export interface Generation extends GenerationEnd {
  readonly text: string;
}

export type StreamPart = { readonly type: 'text'; readonly text: string } | ({ readonly type: 'end' } & GenerationEnd);

/**
 * One model of one provider. A provider speaks a wire protocol and nothing else: retries, limits, prices and the
 * journal are the middleware's. Its failures are `ModelError`s that say whether a retry makes sense; a cancelled
 * signal is an `AbortError`.
 */
export interface LanguageModel extends Disposable {
  readonly provider: string;
  readonly model: string;
  readonly billing: Billing;
  readonly capabilities: LanguageModelCapabilities;
  /** Called once before the first use; again on the next use if it failed. */
  initialize(): Promise<void>;
  generate(request: GenerateRequest, options: GenerateOptions): Promise<Generation>;
  /** Text parts, then exactly one end. A stream that breaks off without an end throws. */
  stream(request: GenerateRequest, options: GenerateOptions): AsyncIterable<StreamPart>;
  dispose(): Promise<void>;
}

/** Makes the model called `model`; cheap, and without loading or asking anything. */
export type LanguageModelFactory = (model: string) => LanguageModel;

/** The whole answer of a stream: a ready-made `generate` for providers that only stream. */
export async function collectStream(parts: AsyncIterable<StreamPart>): Promise<Generation> {
  const texts: string[] = [];
  let end: GenerationEnd | undefined;
  for await (const part of parts) {
    if (part.type === 'text') texts.push(part.text);
    else {
      const { type: _, ...rest } = part;
      end = rest;
    }
  }
  if (end === undefined) throw new Error('The stream broke off without an end.');
  return { text: texts.join(''), ...end };
}
