import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** What is typed when the output ends with the prompt. */
export interface Reply {
  readonly prompt: RegExp;
  readonly text: string;
}

export interface ConversationResult {
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** How often each reply was typed, in their order. */
  readonly replied: readonly number[];
}

/**
 * Passes the command's output on and types the reply at each prompt, as a person would. A command that is not over after
 * `limitMs`, because it asks for something that there is no reply to, is ended.
 */
export async function converse(
  child: ChildProcessWithoutNullStreams,
  replies: readonly Reply[],
  limitMs: number,
): Promise<ConversationResult> {
  const startedAt = performance.now();
  const replied = replies.map(() => 0);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text);
    output += text;
    const index = replies.findIndex(({ prompt }) => prompt.test(output));
    if (index < 0) return;
    output = '';
    replied[index] = (replied[index] ?? 0) + 1;
    child.stdin.write(`${replies[index]?.text ?? ''}\n`);
  });
  child.stderr.pipe(process.stderr);
  const limit = setTimeout(() => child.kill(), limitMs);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  clearTimeout(limit);
  return { exitCode, durationMs: performance.now() - startedAt, replied };
}

/** Starts a server as a process of its own, and resolves with the first line it prints: its URL. */
export async function startServer(
  file: string,
  args: readonly string[],
): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const first = once(lines, 'line') as Promise<[string]>;
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${file} ended before it served.`)));
  const [url] = await Promise.race([first, ended]);
  ended.catch(() => undefined); // It is ended on purpose later.
  return { child, url };
}
