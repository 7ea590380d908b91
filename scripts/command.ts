import { spawn } from 'node:child_process';
import path from 'node:path';

/** The repository's root folder. */
export const repository = path.resolve(import.meta.dirname, '..');

export interface CommandOptions {
  /** Over this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** `show` passes the output on as it comes; `keep` (the default) only collects it. */
  readonly output?: 'show' | 'keep';
  /** The command and everything it started is killed after this time, and counts as failed. */
  readonly limitMs?: number;
}

export interface CommandResult {
  /** `null`: it could not be started, or was killed. */
  readonly exitCode: number | null;
  /** Standard output and standard error, in the order they came. */
  readonly output: string;
  readonly durationMs: number;
}

/** Runs a program in the repository, without a terminal; never rejects. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { env, output: mode = 'keep', limitMs } = options;
  const startedAt = performance.now();
  const child = spawn(file, args, {
    cwd: repository,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  const collect = (text: string) => {
    output += text;
    if (mode === 'show') process.stdout.write(text);
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', collect);

  const killGroup = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  const timer = setTimeout(
    () => {
      collect(`${file} was killed: it did not end within ${limitMs ?? 0} ms.\n`);
      killGroup();
    },
    limitMs ?? 2 ** 31 - 1,
  );
  process.once('exit', killGroup);
  const exitCode = await new Promise<number | null>(resolve => {
    child.once('error', error => {
      collect(`${file} could not be started: ${error.message}\n`);
      resolve(null);
    });
    child.once('close', resolve);
  });
  clearTimeout(timer);
  process.off('exit', killGroup);
  return { exitCode, output, durationMs: performance.now() - startedAt };
}

/** Runs a program of one of the development dependencies, on the Node that runs this. */
export function runTool(name: string, args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
  return runCommand(path.join(repository, 'node_modules/.bin', name), args, options);
}

export function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
