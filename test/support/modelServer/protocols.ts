import type { ModelServerRequest, ScriptAnswer } from './modelScript.ts';

/** How a protocol writes an answer on the wire. */
export interface WireFormat {
  readonly streamType: string;
  /** What comes before the text of an answer. */
  startFrames?(answer: ScriptAnswer, tokens: TokenCount): string[];
  textFrame(text: string, answer: ScriptAnswer): string;
  /** What comes after the text of a complete answer. */
  endFrames(answer: ScriptAnswer, tokens: TokenCount): string[];
  errorFrame(error: unknown): string;
  rawFrame(content: string): string;
  /** The whole answer to a request that does not stream. */
  whole(answer: ScriptAnswer, text: string, tokens: TokenCount): unknown;
  errorBody(message: string, status: number): unknown;
}

export interface TokenCount {
  readonly input: number;
  readonly output: number;
}

/** As a tokenizer might count, and on purpose not as the product estimates. */
export function countTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 3.6);
}

export function countPromptTokens(request: ModelServerRequest): number {
  return request.messages.reduce((sum, message) => sum + 4 + countTokens(message.content), 3);
}

/** OpenAI Chat Completions: server-sent events. */
export function openaiFormat(request: ModelServerRequest): WireFormat {
  const { model } = request;
  const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
  const base = { id: 'chatcmpl-scripted', created: 1_700_000_000, model };
  const chunk = (choices: unknown[], rest = {}) =>
    event({ ...base, object: 'chat.completion.chunk', choices, ...rest });
  const usageOf = (answer: ScriptAnswer, { input, output }: TokenCount) =>
    answer.usage === undefined
      ? { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
      : answer.usage;
  const reasonOf = (answer: ScriptAnswer) => (answer.finishReason === undefined ? 'stop' : answer.finishReason);
  return {
    streamType: 'text/event-stream',
    textFrame: (text, answer) => {
      if (answer.hasNoChoices === true) return chunk([]);
      const delta = answer.isRefusal === true ? { refusal: text } : { content: text };
      return chunk([{ index: 0, delta, finish_reason: null }]);
    },
    endFrames: (answer, tokens) => [
      ...(answer.hasNoChoices === true || reasonOf(answer) === null
        ? []
        : [chunk([{ index: 0, delta: {}, finish_reason: reasonOf(answer) }])]),
      ...(answer.usage === null ? [] : [chunk([], { usage: usageOf(answer, tokens) })]),
      'data: [DONE]\n\n',
    ],
    errorFrame: error => event({ error }),
    rawFrame: content => `data: ${content}\n\n`,
    whole: (answer, text, tokens) => {
      const message = { role: 'assistant', ...(answer.isRefusal === true ? { refusal: text } : { content: text }) };
      const choices = answer.hasNoChoices === true ? [] : [{ index: 0, message, finish_reason: reasonOf(answer) }];
      return { ...base, object: 'chat.completion', choices, usage: usageOf(answer, tokens) };
    },
    errorBody: (message, status) => ({
      error: { message, type: 'invalid_request_error', code: status === 404 ? 'model_not_found' : null },
    }),
  };
}

/** Ollama's `/api/chat`: newline-delimited JSON. */
export function ollamaFormat(request: ModelServerRequest): WireFormat {
  const line = (data: unknown) => `${JSON.stringify(data)}\n`;
  const base = { model: request.model, created_at: '2026-01-01T00:00:00Z' };
  const end = (answer: ScriptAnswer, text: string, { input, output }: TokenCount) => {
    const usage = answer.usage === undefined ? { prompt_eval_count: input, eval_count: output } : answer.usage;
    const reason = answer.finishReason === undefined ? 'stop' : answer.finishReason;
    const message = answer.hasNoChoices === true ? {} : { message: { role: 'assistant', content: text } };
    return { ...base, ...message, done: true, ...(reason !== null && { done_reason: reason }), ...(usage as object) };
  };
  return {
    streamType: 'application/x-ndjson',
    textFrame: (text, answer) =>
      line({
        ...base,
        ...(answer.hasNoChoices !== true && { message: { role: 'assistant', content: text } }),
        done: false,
      }),
    endFrames: (answer, tokens) => [line(end(answer, '', tokens))],
    errorFrame: error => line({ error }),
    rawFrame: content => `${content}\n`,
    whole: (answer, text, tokens) => end(answer, text, tokens),
    errorBody: message => ({ error: message }),
  };
}
