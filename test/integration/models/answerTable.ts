// Answers that come to their end and are not as they should be, and servers that do not stream: one row each.
import { type Answer, type Fault, final, prompt, retried, short } from './fault.ts';
import { connections, statuses, streams } from './faultTable.ts';

const text = 'naïve → 你好 😀 "quoted\\n" end';
/** As the server counts it: 3.6 bytes make a token. */
const forText = prompt.counted + Math.ceil(Buffer.byteLength(text) / 3.6);
const estimatedText = prompt.estimated + 11;
const estimated: Answer = { text, isUsageEstimated: true };
const wrongUsage = (input: unknown, output: unknown) => ({
  ...{ prompt_tokens: input, completion_tokens: output },
  ...{ prompt_eval_count: input, eval_count: output },
  ...{ input_tokens: input, output_tokens: output },
});

const twentyMegabytes = 'a text of 20 MB';

const answers: readonly Fault[] = [
  { name: 'no usage', reply: { text, usage: null }, outcome: estimated, charged: estimatedText },
  {
    name: 'a usage that is no count',
    reply: { text, usage: wrongUsage(-5, 'many') },
    outcome: estimated,
    charged: estimatedText,
  },
  {
    name: 'a usage of nothing',
    reply: { text, usage: wrongUsage(0, 0) },
    outcome: estimated,
    charged: estimatedText,
  },
  {
    name: 'a usage of more than there can be',
    reply: { text, usage: wrongUsage(20, 1e12) },
    outcome: estimated,
    charged: estimatedText,
  },
  {
    name: 'an answer that reached its limit of tokens',
    reply: { text, finishReason: 'length' },
    outcome: { text, finishReason: 'length' },
    charged: forText,
  },
  {
    name: 'a refusal',
    protocols: ['openai', 'anthropic'],
    reply: { text, isRefusal: true },
    outcome: { text, finishReason: 'refusal' },
    charged: forText,
  },
  {
    name: 'a refusal by a filter before the model',
    protocols: ['openai', 'anthropic'],
    reply: { text, finishReason: 'content_filter' },
    outcome: { text, finishReason: 'refusal' },
    charged: forText,
  },
  {
    name: 'an empty list of choices, or no message',
    protocols: ['openai', 'ollama'],
    reply: { text, hasNoChoices: true },
    outcome: retried(/is not the protocol \(an answer without (choices|a message)\); see whether http/),
    charged: 0,
  },
  {
    name: 'an empty list of content, which is an answer of nothing',
    protocols: ['anthropic'],
    reply: { text: '', hasNoChoices: true },
    outcome: { text: '' },
    charged: prompt.counted,
  },
  {
    name: 'characters of UTF-8 that are split across chunks',
    reply: { text, pieceBytes: 1, frameCharacters: 1000 },
    outcome: { text },
    charged: forText,
  },
  {
    name: twentyMegabytes,
    reply: { text: 'x'.repeat(1000), repeat: 20_000, frameCharacters: 10_000 },
    outcome: final(/an answer of more than 1000000 characters, and it was dropped; lower maxOutputTokens or choose/),
    charged: prompt.estimated + 250_000,
  },
  {
    name: 'a text of 20 MB in one frame',
    reply: { text: 'x'.repeat(1000), repeat: 20_000, frameCharacters: 20_000_000 },
    outcome: final(/an answer of more than 1000000 characters, and it was dropped; lower maxOutputTokens or choose/),
    charged: 0,
  },
];

export const faults: readonly Fault[] = [...statuses, ...connections, ...streams, ...answers];

/** For a server that is not asked to stream: nothing of an answer has come before the whole of it. */
export const wholeAnswerFaults: readonly Fault[] = [
  ...statuses,
  {
    name: 'no answer at all',
    reply: { text, fault: 'stall' },
    limits: short,
    outcome: retried(/did not begin to answer within 0\.3 s; see whether/),
    charged: 0,
  },
  {
    name: 'a reset',
    reply: { text, fault: 'reset' },
    outcome: retried(/lost the connection before its answer was complete.*; try again/),
    charged: 0,
  },
  {
    name: 'an answer that breaks off cleanly',
    reply: { text, fault: 'cut' },
    outcome: retried(/is not the protocol \(.*JSON.*\); see whether http/),
    charged: 0,
  },
  {
    name: 'an error object instead of an answer',
    reply: { status: 200, body: { error: { message: 'the engine is overloaded' } } },
    outcome: retried(/broke its answer off with an error: the engine is overloaded; try again later/),
    charged: 0,
  },
  {
    name: 'a web page instead of an answer',
    reply: { status: 200, body: '<html>Welcome</html>' },
    outcome: retried(/is not the protocol \(an answer without choices\); see whether http/),
    charged: 0,
  },
  ...answers
    .filter(({ protocols }) => protocols?.includes('openai') ?? true)
    .filter(({ name }) => name !== twentyMegabytes),
  {
    name: twentyMegabytes,
    reply: { text: 'x'.repeat(1000), repeat: 20_000 },
    outcome: final(/an answer of more than 1000000 characters, and it was dropped; lower maxOutputTokens or choose/),
    charged: 0,
  },
];
