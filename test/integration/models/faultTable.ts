// What goes wrong before and within an answer, and what becomes of it: one row each, for all wire protocols that know the fault.
import { begun, type Failure, type Fault, final, forBeginning, prompt, retried, short } from './fault.ts';

const anyKey = '(OPENAI|OLLAMA|ANTHROPIC)_API_KEY';

function status(code: number, outcome: (status: { status: number }) => Failure, body?: unknown): Fault {
  const name = `${code}${body === undefined ? '' : `, saying ${JSON.stringify(body)}`}`;
  return { name, reply: { status: code, body }, outcome: outcome({ status: code }), charged: 0 };
}

export const statuses: readonly Fault[] = [
  status(400, s =>
    final(/refused the call \(400: scripted 400\); change what it names, or choose another model\.$/, s),
  ),
  status(400, s => final(/has nothing left to spend .*; top it up or use another key\.$/, s), {
    error: { message: 'Your credit balance is too low' },
  }),
  status(401, s => final(new RegExp(`did not accept the key \\(401: .*${anyKey}`), s)),
  status(402, s => final(/has nothing left to spend for this key \(402: .*; top it up or use another key\.$/, s)),
  status(403, s => final(new RegExp(`does not allow this call \\(403: .*${anyKey}`), s)),
  status(404, s =>
    final(/no model "scripted" \(404: .*(`ollama pull scripted`|TRELLIS_(OPENAI|ANTHROPIC)_BASE_URL)/, s),
  ),
  status(408, s => retried(/failed \(408: scripted 408\); try again later, or look into the server's log/, s)),
  status(429, s => retried(/limits how much may be asked \(429: .*; wait, or run with fewer workers/, s)),
  status(429, s => final(/has nothing left to spend .*; top it up or use another key\.$/, s), {
    error: { message: 'You exceeded your quota' },
  }),
  status(500, s => retried(/failed \(500: scripted 500\); try again later/, s)),
  status(502, s => retried(/failed \(502: Bad Gateway\); try again later/, s), '<html><h1>Bad Gateway</h1></html>'),
  status(503, s => retried(/failed \(503: overloaded\); try again later/, s), { error: 'overloaded' }),
  status(529, s => retried(/failed \(529: overloaded\); try again later/, s), { message: 'overloaded' }),
  {
    name: '429, asking to wait 7 seconds',
    reply: { status: 429, headers: { 'retry-after': '7' } },
    outcome: retried(/limits how much may be asked/, { status: 429, firstWaitMs: [7250, 7250] }),
    charged: 0,
  },
  {
    name: '429, asking to wait until a date',
    reply: () => ({ status: 429, headers: { 'retry-after': new Date(Date.now() + 30_000).toUTCString() } }),
    outcome: retried(/limits how much may be asked/, { status: 429, firstWaitMs: [20_000, 30_250] }),
    charged: 0,
  },
  {
    name: '503, asking to wait 1500 milliseconds',
    reply: { status: 503, headers: { 'retry-after-ms': '1500' } },
    outcome: retried(/failed \(503/, { status: 503, firstWaitMs: [1750, 1750] }),
    charged: 0,
  },
  {
    name: '429, asking to wait an hour',
    reply: { status: 429, headers: { 'retry-after': '3600' } },
    outcome: final(/limits how much may be asked .*; wait/, { status: 429 }),
    charged: 0,
  },
  {
    name: '401, quoting the key and another',
    reply: {
      status: 401,
      body: { error: { message: 'Incorrect key: key-4711-of-the-tests, or sk-abcdefgh12345678' } },
    },
    outcome: final(/Incorrect key: .*\[redacted\]/, { status: 401 }),
    charged: 0,
  },
  {
    name: '307, to another address',
    reply: { status: 307, headers: { location: 'http://127.0.0.1:9/elsewhere' } },
    outcome: final(
      /sends the call on to http:\/\/127\.0\.0\.1:9\/elsewhere \(307\), where neither .*; set TRELLIS_\w+_(BASE_URL|HOST) to the right address\.$/,
      { status: 307 },
    ),
    charged: 0,
  },
  {
    name: '500, with a body of 20 MB',
    reply: { status: 500, body: 'x'.repeat(20_000_000) },
    outcome: retried(/failed \(500: x{300}…\); try again later/, { status: 500 }),
    charged: 0,
  },
];

export const connections: readonly Fault[] = [
  {
    name: 'a connection that is refused',
    reply: undefined,
    outcome: retried(/No model server answers at http.* \(ECONNREFUSED\); start it.*(TRELLIS_\w+_(BASE_URL|HOST))/),
    charged: 0,
  },
  {
    name: 'a reset before the headers',
    reply: { connection: 'reset' },
    outcome: retried(/lost the connection before its answer was complete \((ECONNRESET|UND_ERR_SOCKET)\); try again/),
    charged: 0,
  },
  {
    name: 'a reset in the middle of the stream',
    reply: begun('reset'),
    outcome: retried(/lost the connection before its answer was complete.*; try again/),
    charged: forBeginning,
  },
  {
    name: 'no answer at all',
    reply: { connection: 'stall' },
    limits: short,
    outcome: retried(/did not begin to answer within 0\.3 s; see whether it is overloaded, or choose a smaller model/),
    charged: 0,
  },
  {
    name: 'a stall in the middle of the stream',
    reply: begun('stall'),
    limits: { idleTimeoutMs: 400 },
    outcome: retried(/stopped in the middle of its answer for 0\.4 s; see whether it is overloaded, or try again/),
    charged: forBeginning,
  },
  {
    name: 'slow tokens, which are not a stall',
    reply: { text: 'an answer that takes longer than any one pause may', frameCharacters: 1, frameDelayMs: 25 },
    limits: { firstByteTimeoutMs: 1000, idleTimeoutMs: 1000 },
    outcome: { text: 'an answer that takes longer than any one pause may' },
    charged: prompt.counted + 14,
  },
];

export const streams: readonly Fault[] = [
  {
    name: 'a stream that ends cleanly without a finish reason',
    reply: begun('cut'),
    outcome: retried(/ended its answer without saying that it was complete, so part of it is missing; try again/),
    charged: forBeginning,
  },
  {
    name: 'a stream that ends before it began',
    reply: { text: '', fault: 'cut' },
    outcome: retried(/without saying that it was complete.*; try again/),
    charged: 0,
  },
  {
    name: 'an error object inside the stream',
    reply: begun({ error: { message: 'the engine is overloaded', type: 'engine_error' } }),
    outcome: retried(/broke its answer off with an error: the engine is overloaded; try again later/),
    charged: forBeginning,
  },
  {
    name: 'an error text inside the stream',
    protocols: ['ollama'],
    reply: begun({ error: 'llama runner process has terminated' }),
    outcome: retried(/broke its answer off with an error: llama runner process has terminated; try again later/),
    charged: forBeginning,
  },
  {
    name: 'an error object that quotes a key',
    reply: begun({ error: { message: 'upstream refused sk-abcdefgh12345678' } }),
    outcome: retried(/an error: upstream refused \[redacted\]; try again later/),
    charged: forBeginning,
  },
  {
    name: 'an error object that says that the call is wrong',
    protocols: ['openai'],
    reply: begun({ error: { message: 'prompt is too long', code: 400 } }),
    outcome: final(/prompt is too long; change what it names, or choose another model\.$/, { status: 400 }),
    charged: forBeginning,
  },
  {
    name: 'an error object whose type says that the call is wrong',
    protocols: ['openai'],
    reply: begun({ error: { message: 'too long', type: 'invalid_request_error', code: 'context_length_exceeded' } }),
    outcome: final(/too long; change what it names, or choose another model\.$/, { status: 400 }),
    charged: forBeginning,
  },
  {
    name: 'an error event that says that the call is wrong',
    protocols: ['anthropic'],
    reply: begun({ error: { type: 'invalid_request_error', message: 'messages: too long' } }),
    outcome: final(/messages: too long; change what it names, or choose another model\.$/, { status: 400 }),
    charged: forBeginning,
  },
  {
    name: 'an error event that says that the server is overloaded',
    protocols: ['anthropic'],
    reply: begun({ error: { type: 'overloaded_error', message: 'Overloaded' } }),
    outcome: retried(/broke its answer off with an error: Overloaded; try again later/, { status: 529 }),
    charged: forBeginning,
  },
  {
    name: 'a frame that is not JSON',
    reply: begun({ malformed: '{"choices": [}' }),
    outcome: retried(/sent something that is not the protocol .*; see whether http.* is the address of its API/),
    charged: forBeginning,
  },
  {
    name: 'a frame that is JSON of another shape',
    reply: begun({ malformed: '{"choices": 7, "done": "yes"}' }),
    outcome: retried(/is not the protocol \(a (chunk|line) of another shape.*; see whether http/),
    charged: forBeginning,
  },
  {
    name: 'a frame that is JSON but no object',
    reply: begun({ malformed: '17' }),
    outcome: retried(/sent something that is not the protocol .*; see whether http/),
    charged: forBeginning,
  },
  {
    name: 'a web page instead of an answer',
    reply: { status: 200, body: '<html>Welcome</html>' },
    outcome: retried(
      /is not the protocol \(text\/plain instead of an? (stream|answer).*; see whether http.* is the address/,
    ),
    charged: 0,
  },
  {
    name: 'bytes that are no event of a stream',
    protocols: ['openai', 'anthropic'],
    reply: begun({ raw: 'Bad Gateway\n\n' }),
    outcome: retried(/without saying that it was complete.*; try again/),
    charged: forBeginning,
  },
  {
    name: 'bytes that are no line of JSON',
    protocols: ['ollama'],
    reply: begun({ raw: 'Bad Gateway\n' }),
    outcome: retried(/is not the protocol \(a line that is not JSON: Bad Gateway\); see whether http/),
    charged: forBeginning,
  },
];
