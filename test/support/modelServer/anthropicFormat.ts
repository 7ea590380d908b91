import { z } from 'zod';
import type { ModelMessage } from '../../../src/domain/schema/model.ts';
import type { ModelServerRequest, ScriptAnswer } from './modelScript.ts';
import type { TokenCount, WireFormat } from './protocols.ts';

const contentSchema = z.union([
  z.string(),
  z
    .array(z.looseObject({ type: z.literal('text'), text: z.string() }))
    .transform(blocks => blocks.map(block => block.text).join('')),
]);

const messagesSchema = z.object({
  system: contentSchema.optional(),
  messages: z.array(z.strictObject({ role: z.enum(['user', 'assistant']), content: contentSchema })).min(1),
  max_tokens: z.int().min(1),
});

/** The conversation as the other protocols have it. Throws for a body that the real server would refuse. */
export function anthropicMessages(body: unknown): ModelMessage[] {
  const { system, messages } = messagesSchema.parse(body);
  return [...(system === undefined ? [] : [{ role: 'system' as const, content: system }]), ...messages];
}

/** What the answer's finish reason is called here; a name that is none of the other protocols' is sent as it is. */
const stopReasons: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  content_filter: 'refusal',
};

/** Anthropic Messages: server-sent events, each with its name. */
export function anthropicFormat(request: ModelServerRequest): WireFormat {
  const event = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
  const message = { id: 'msg_scripted', type: 'message', role: 'assistant', model: request.model };
  const stopReasonOf = (answer: ScriptAnswer) => {
    if (answer.isRefusal === true) return 'refusal';
    const reason = answer.finishReason === undefined ? 'stop' : answer.finishReason;
    return reason === null ? null : (stopReasons[reason] ?? reason);
  };
  const usageOf = (answer: ScriptAnswer, { input, output }: TokenCount) =>
    answer.usage === undefined ? { input_tokens: input, output_tokens: output } : answer.usage;
  return {
    streamType: 'text/event-stream',
    startFrames: (answer, { input }) => [
      event('message_start', {
        message: {
          ...message,
          content: [],
          stop_reason: null,
          // The real one counts here what it has written so far.
          ...(answer.usage === undefined && { usage: { input_tokens: input, output_tokens: 1 } }),
        },
      }),
      ...(answer.hasNoChoices === true
        ? []
        : [event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })]),
      event('ping', {}),
    ],
    textFrame: (text, answer) =>
      answer.hasNoChoices === true
        ? event('ping', {})
        : event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
    endFrames: (answer, tokens) => [
      ...(answer.hasNoChoices === true ? [] : [event('content_block_stop', { index: 0 })]),
      event('message_delta', {
        delta: { stop_reason: stopReasonOf(answer), stop_sequence: null },
        ...(answer.usage !== null && { usage: usageOf(answer, tokens) }),
      }),
      event('message_stop', {}),
    ],
    errorFrame: error => event('error', { error }),
    rawFrame: content => `event: content_block_delta\ndata: ${content}\n\n`,
    whole: (answer, text, tokens) => ({
      ...message,
      content: answer.hasNoChoices === true ? [] : [{ type: 'text', text }],
      stop_reason: stopReasonOf(answer),
      usage: usageOf(answer, tokens),
    }),
    errorBody: (message, status) => ({
      type: 'error',
      error: { type: status === 404 ? 'not_found_error' : 'invalid_request_error', message },
    }),
  };
}
