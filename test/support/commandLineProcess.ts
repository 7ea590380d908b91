import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface EndedProcess {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a process of its own, in `directory`, with no more of our environment than it needs. */
export async function runCommandLineProcess(
  directory: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<EndedProcess> {
  const commandLine = path.resolve(import.meta.dirname, '../../src/cli.ts');
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [commandLine, ...args], {
    cwd: directory,
    env: { PATH, HOME, ...environment },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
