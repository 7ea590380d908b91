import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  neverAborted,
  openRealSandbox,
  processesWith,
  useRealSandbox,
  waitUntil,
  writeFiles,
} from '../../support/sandbox.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const ROUNDS = 30;

function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0;
}

/** What the sandboxes of a workspace could leave on the machine. The workspace's path is in all of their arguments. */
async function traces(root: string) {
  return {
    processes: await processesWith(root),
    mounts: readFileSync('/proc/self/mounts', 'utf8'),
    temporary: readdirSync(tmpdir()),
  };
}

describe('what a sandbox leaves behind', () => {
  const sandbox = useRealSandbox();
  const ownTemporary = useTemporaryDirectory();
  const hostTemporary = process.env['TMPDIR'];
  const root = () => path.join(ownTemporary(), 'workspace');
  const signal = neverAborted();

  beforeEach(() => {
    writeFiles(root(), { 'a.txt': 'a' });
    mkdirSync(path.join(ownTemporary(), 'tmp'));
    process.env['TMPDIR'] = path.join(ownTemporary(), 'tmp');
  });
  afterEach(() => {
    if (hostTemporary === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = hostTemporary;
  });

  it(`is nothing after ${ROUNDS} sessions, and starting one takes little time`, async () => {
    const before = await traces(root());
    const starts: number[] = [];
    const commands: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const startedAt = performance.now();
      const session = await sandbox().open({ root: root(), changes: new Map() }, { signal });
      const first = await session.run({ argv: ['/bin/true'] }, { signal });
      starts.push(performance.now() - startedAt);
      const second = await session.run({ argv: ['/bin/true'] }, { signal });
      commands.push(second.durationMs);
      await session.dispose();
      assert.deepEqual([first.exitCode, second.exitCode], [0, 0]);
    }
    assert.deepEqual(await traces(root()), before);
    const times = [starts, commands].map(list => [0.5, 0.95].map(fraction => percentile(list, fraction).toFixed(1)));
    console.log(`      session with its first command: p50 ${times[0]?.[0]} ms, p95 ${times[0]?.[1]} ms`);
    console.log(`      one more command: p50 ${times[1]?.[0]} ms, p95 ${times[1]?.[1]} ms`);
    assert.ok(percentile(starts, 0.5) < 1000);
  });

  it('is nothing after a dozen at once, of which some fail', async () => {
    const before = await traces(root());
    const runs = Array.from({ length: 12 }, async (_, index) => {
      const session = await sandbox().open({ root: root(), changes: new Map() }, { signal });
      const program = index % 3 === 0 ? 'no-such-program' : 'true';
      const result = await session.run({ argv: [program], limits: { wallTimeMs: 30_000 } }, { signal });
      await session.dispose();
      return result.outcome;
    });
    const outcomes = await Promise.all(runs);
    assert.equal(outcomes.filter(outcome => outcome === 'notFound').length, 4);
    assert.equal(outcomes.filter(outcome => outcome === 'exited').length, 8);
    assert.deepEqual(await traces(root()), before);
  });

  it('is nothing when the sandbox is disposed of while sessions are open', async () => {
    const before = await traces(root());
    const own = await openRealSandbox();
    const session = await own.open({ root: root(), changes: new Map() }, { signal });
    const run = session.run({ argv: ['sleep', '600'] }, { signal });
    const ended = assert.rejects(run);
    await own.dispose();
    await ended;
    assert.deepEqual(await traces(root()), before);
    await assert.rejects(own.open({ root: root(), changes: new Map() }, { signal }), /disposed of/);
  });

  it('is nothing when Trellis is killed in the middle', async () => {
    const program = fileURLToPath(new URL('../../support/runForever.ts', import.meta.url));
    const marker = `trellis-orphan-${process.pid}`;
    const before = await traces(root());
    const supervisor = spawn(process.execPath, [program, root(), marker], { stdio: 'ignore' });
    await waitUntil(
      'the command and its children run',
      async () => (await processesWith(`${marker}-inner`)).length >= 2,
    );
    supervisor.kill('SIGKILL');
    await waitUntil('all of them are dead', async () => (await processesWith(marker)).length === 0);
    await waitUntil('the session is gone', async () => (await processesWith(root())).length === 0);
    assert.deepEqual(await traces(root()), before);
  });
});
