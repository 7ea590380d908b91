import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandResult, Sandbox, SandboxCommand, SandboxLimits, StagedTree } from '../../src/sandbox/sandbox.ts';
import { type OpenSandboxOptions, openSandbox } from '../../src/sandbox/select.ts';

/** Opens the real sandbox of this machine; that there is none fails the test, with the reason. */
export async function openRealSandbox(options: Partial<OpenSandboxOptions> = {}): Promise<Sandbox> {
  const availability = await openSandbox({ signal: neverAborted(), ...options });
  if (!availability.isAvailable) assert.fail(availability.reason);
  return availability.sandbox;
}

/** The real sandbox for all tests of the enclosing `describe`. */
export function useRealSandbox(options: Partial<OpenSandboxOptions> = {}): () => Sandbox {
  let sandbox: Sandbox | undefined;
  before(async () => {
    sandbox = await openRealSandbox(options);
  });
  after(() => sandbox?.dispose());
  return () => sandbox ?? assert.fail('The sandbox is used before it was opened.');
}

export function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
}

/** Staged changes by path; `null` deletes. */
export function staged(files: Readonly<Record<string, string | null>>): StagedTree['changes'] {
  return new Map(
    Object.entries(files).map(([name, text]) => [
      name,
      text === null ? null : { content: Buffer.from(text), isExecutable: false },
    ]),
  );
}

export interface RunOptions extends Omit<SandboxCommand, 'argv' | 'limits'> {
  readonly changes?: StagedTree['changes'];
  readonly limits?: Partial<SandboxLimits>;
  readonly signal?: AbortSignal;
}

/** Runs one command in a session of its own. */
export async function runOnce(
  sandbox: Sandbox,
  root: string,
  argv: readonly [string, ...string[]],
  { changes = new Map(), limits = {}, signal = neverAborted(), ...command }: RunOptions = {},
): Promise<CommandResult> {
  const session = await sandbox.open({ root, changes }, { signal, limits });
  try {
    return await session.run({ argv, ...command }, { signal });
  } finally {
    await session.dispose();
  }
}

/** Runs a shell script, which must exit with 0, and returns what it prints. */
export async function shell(sandbox: Sandbox, root: string, script: string, options: RunOptions = {}): Promise<string> {
  const result = await runOnce(sandbox, root, ['bash', '-c', script], options);
  assert.equal(result.outcome, 'exited', JSON.stringify(result));
  assert.equal(result.exitCode, 0, JSON.stringify(result));
  return result.stdout;
}

/** Processes of the whole machine that have `marker` in their arguments. */
export async function processesWith(marker: string): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter(pid => pid > 0 && pid !== process.pid);
  const found = await Promise.all(
    pids.map(async pid => ((await readIfThere(`/proc/${pid}/cmdline`)).includes(marker) ? pid : undefined)),
  );
  return found.filter(pid => pid !== undefined);
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return ''; // the process ended meanwhile
  }
}

/** Waits until `condition` holds; fails after ten seconds with `description`. */
export async function waitUntil(description: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) assert.fail(`Waited in vain until ${description}.`);
    await delay(10);
  }
}
