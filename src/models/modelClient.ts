import type { FinishReason, ModelMessage, ModelRole, TokenUsage } from '../domain/schema/model.ts';

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

/** The one door to language models: every call of a run goes through it and is recorded. */
export interface ModelClient {
  /**
   * Asks the model configured for `call.role`, retrying what can be retried.
   * @throws ModelError when no answer was got; its message says what to do about it.
   * @throws AbortError when `options.signal` was aborted.
   */
  call(call: ModelCall, options: ModelCallOptions): Promise<ModelReply>;
}
