import type { ServerResponse } from 'node:http';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { ModelServerRequest, ScriptAnswer, ScriptReply, StreamFault } from './modelScript.ts';
import { countTokens, type TokenCount, type WireFormat } from './protocols.ts';

const defaultFrameCharacters = 24;

/** Sends what the script says, whole or as a stream, with whatever goes wrong in it. */
export async function sendReply(
  response: ServerResponse,
  request: ModelServerRequest,
  format: WireFormat,
  reply: ScriptReply,
  inputTokens: number,
): Promise<void> {
  const answer: ScriptReply = typeof reply === 'string' ? { text: reply } : reply;
  if ('connection' in answer) {
    if (answer.connection === 'reset') response.socket?.resetAndDestroy();
    return;
  }
  if ('status' in answer) {
    const isText = typeof answer.body === 'string';
    const body = answer.body ?? format.errorBody(`scripted ${answer.status}`, answer.status);
    response.writeHead(answer.status, {
      'content-type': isText ? 'text/plain' : 'application/json',
      ...answer.headers,
    });
    response.end(isText ? answer.body : JSON.stringify(body));
    return;
  }
  const text = answer.text.repeat(answer.repeat ?? 1);
  const tokens = { input: inputTokens, output: countTokens(text) };
  if (request.isStreaming) await streamAnswer(response, format, answer, text, tokens);
  else await sendWhole(response, format, answer, text, tokens);
}

async function sendWhole(
  response: ServerResponse,
  format: WireFormat,
  answer: ScriptAnswer,
  text: string,
  tokens: TokenCount,
): Promise<void> {
  if (answer.fault === 'stall') return;
  if (answer.fault === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const body = JSON.stringify(format.whole(answer, text, tokens));
  response.writeHead(200, { 'content-type': 'application/json', ...answer.headers });
  await write(response, answer.fault === 'cut' ? body.slice(0, -10) : body, answer);
  response.end();
}

async function streamAnswer(
  response: ServerResponse,
  format: WireFormat,
  answer: ScriptAnswer,
  text: string,
  tokens: TokenCount,
): Promise<void> {
  response.writeHead(200, { 'content-type': format.streamType, ...answer.headers });
  response.flushHeaders();
  for (const frame of format.startFrames?.(answer, tokens) ?? []) await write(response, frame, answer);
  const size = answer.frameCharacters ?? defaultFrameCharacters;
  for (let start = 0; start < text.length; start += size) {
    if (answer.frameDelayMs !== undefined) await setTimeout(answer.frameDelayMs);
    if (answer.pause !== undefined && start >= answer.pause.afterCharacters) await answer.pause.until;
    await write(response, format.textFrame(text.slice(start, start + size), answer), answer);
    if (response.destroyed) return;
  }
  const { fault } = answer;
  if (fault === 'stall') return;
  // What was written must have been read, or the fault would overtake it.
  if (fault !== undefined) await setTimeout(20);
  if (fault === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (fault === undefined) {
    for (const frame of format.endFrames(answer, tokens)) await write(response, frame, answer);
  } else if (fault !== 'cut') {
    await write(response, faultyFrame(fault, format), answer);
  }
  response.end();
}

function faultyFrame(fault: Exclude<StreamFault, string>, format: WireFormat): string {
  if ('raw' in fault) return fault.raw;
  return 'error' in fault ? format.errorFrame(fault.error) : format.rawFrame(fault.malformed);
}

/** Writes and waits while the other side is slower; in pieces if the answer says so. */
async function write(response: ServerResponse, text: string, answer: ScriptAnswer): Promise<void> {
  const bytes = Buffer.from(text);
  const size = answer.pieceBytes ?? bytes.length;
  for (let start = 0; start < bytes.length && !response.destroyed; start += size) {
    const isRoomLeft = response.write(bytes.subarray(start, start + size));
    if (!isRoomLeft) await drained(response);
    // Lets each piece leave on its own.
    if (answer.pieceBytes !== undefined) await setImmediate();
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}
