import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { createTrellis } from '../app/trellis.ts';
import { openWorkspaceSink } from '../app/workspaceSink.ts';
import { systemClock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { exitCode } from './exitCode.ts';
import { runCommandLine } from './main.ts';

/** What asks a process to end. */
const interrupts = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs the command line in this process, to its end; `packageDirectory` holds `package.json` and `prompts/`. */
export async function runProcess(packageDirectory: string): Promise<never> {
  process.stdout.on('error', endWithReader);
  const { stdin, stdout, stderr } = process;
  const code = await runCommandLine(process.argv.slice(2), {
    stdin,
    stdout,
    stderr,
    environment: process.env,
    currentDirectory: process.cwd(),
    version: versionIn(packageDirectory),
    resourcesDirectory: packageDirectory,
    clock: systemClock,
    createTrellis,
    openSink: openWorkspaceSink,
    onInterrupt,
    exitNow: exit => process.exit(exit),
  });
  // What is still buffered for a pipe would be lost by an exit.
  for (const stream of [stdout, stderr]) await new Promise<void>(resolve => stream.write('', () => resolve()));
  return process.exit(code);
}

/** Ends the process quietly when whoever reads its output (such as `head`) has gone; a run is then cancelled. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCode.cancelled);
}

function onInterrupt(listener: () => void): Disposable {
  for (const signal of interrupts) process.on(signal, listener);
  return {
    dispose: () => {
      for (const signal of interrupts) process.off(signal, listener);
    },
  };
}

function versionIn(packageDirectory: string): string {
  const text = readFileSync(path.join(packageDirectory, 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
