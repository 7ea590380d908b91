import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { AbortError, SandboxError, ValidationError } from '../../../src/base/errors.ts';
import {
  neverAborted,
  processesWith,
  runOnce,
  shell,
  staged,
  useRealSandbox,
  waitUntil,
  writeFiles,
} from '../../support/sandbox.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const MIB = 1024 * 1024;

describe('commands in the process sandbox', () => {
  const sandbox = useRealSandbox();
  const root = useTemporaryDirectory();
  const signal = neverAborted();

  it('returns exit code, both streams, time and tier', async () => {
    const result = await runOnce(sandbox(), root(), ['sh', '-c', 'echo out; echo err >&2; exit 3']);
    assert.equal(result.outcome, 'exited');
    assert.equal(result.exitCode, 3);
    assert.equal(result.signal, null);
    assert.equal(result.stdout, 'out\n');
    assert.equal(result.stderr, 'err\n');
    assert.equal(result.isOutputTruncated, false);
    assert.equal(result.tier, 'process');
    assert.ok(result.durationMs > 0);
  });

  it('names the signal that ended a command', async () => {
    const result = await runOnce(sandbox(), root(), ['sh', '-c', 'kill -SEGV $$']);
    assert.deepEqual([result.outcome, result.exitCode, result.signal], ['killed', null, 'SIGSEGV']);
  });

  it('tells a program that is not there from one that fails', async () => {
    const missing = await runOnce(sandbox(), root(), ['no-such-program']);
    assert.deepEqual([missing.outcome, missing.exitCode], ['notFound', null]);
    const failing = await runOnce(sandbox(), root(), ['sh', '-c', 'no-such-program']);
    assert.deepEqual([failing.outcome, failing.exitCode], ['exited', 127]);
  });

  it('hands arguments over as they are, whatever is in them', async () => {
    const odd = ['a b', '', '$HOME', '"', "'", '\n', '*', '--', 'ü', '--help'];
    const result = await runOnce(sandbox(), root(), ['printf', '%s\\0', ...odd]);
    assert.deepEqual(result.stdout.split('\0').slice(0, -1), odd);
  });

  it('runs in the workspace, at its own path, or in a folder of it', async () => {
    writeFiles(root(), { 'packages/one/package.json': '{}' });
    assert.equal(await shell(sandbox(), root(), 'pwd'), `${root()}\n`);
    const inside = await runOnce(sandbox(), root(), ['ls'], { workingDirectory: 'packages/one' });
    assert.equal(inside.stdout, 'package.json\n');
  });

  it('refuses a working directory that is not there or not inside', async () => {
    for (const workingDirectory of ['missing', '..', '/tmp', 'a/../..']) {
      await assert.rejects(
        runOnce(sandbox(), root(), ['true'], { workingDirectory }),
        ValidationError,
        workingDirectory,
      );
    }
  });

  it('refuses what no command can be', async () => {
    await assert.rejects(runOnce(sandbox(), root(), ['']), ValidationError);
    await assert.rejects(runOnce(sandbox(), root(), ['echo', 'a\0b']), ValidationError);
    await assert.rejects(runOnce(sandbox(), root(), ['true'], { environment: { 'A=B': 'x' } }), ValidationError);
    await assert.rejects(runOnce(sandbox(), root(), ['true'], { limits: { processes: 0 } }), ValidationError);
    await assert.rejects(runOnce(sandbox(), `${root()}/missing`, ['true']), ValidationError);
    await assert.rejects(runOnce(sandbox(), '/', ['true']), ValidationError);
    await assert.rejects(runOnce(sandbox(), '/proc/self', ['true']), ValidationError);
  });

  it('gives the command the environment that was asked for, and a small one of its own', async () => {
    const result = await runOnce(sandbox(), root(), ['env'], { environment: { MODE: 'test' } });
    const names = result.stdout.split('\n').map(line => line.split('=')[0] ?? '');
    assert.deepEqual(names.filter(Boolean).sort(), [
      'CI',
      'HOME',
      'LANG',
      'MODE',
      'NO_COLOR',
      'PATH',
      'PWD',
      'TERM',
      'TMPDIR',
      'npm_config_fetch_retries',
    ]);
  });

  it('lets npm say at once that there is no network, not after a minute of trying', async () => {
    writeFiles(root(), { 'package.json': '{}' });
    const command = ['npm', 'install', 'left-pad', '--loglevel', 'http'] as const;
    const { exitCode, stderr } = await runOnce(sandbox(), root(), command);
    assert.notEqual(exitCode, 0);
    assert.match(stderr, /code (?:EAI_AGAIN|ENOTFOUND|ECONNREFUSED)/);
    assert.doesNotMatch(stderr, /attempt [2-9]/);
  });

  it("has Node, npm and a shell, and the workspace's own programs first", async () => {
    writeFiles(root(), { 'node_modules/.bin/tool': '#!/bin/sh\necho tool\n' });
    chmodSync(path.join(root(), 'node_modules/.bin/tool'), 0o755);
    const output = await shell(
      sandbox(),
      root(),
      'tool; node -p process.version; npm --version; id -un; test -w "$HOME" && echo home',
    );
    const lines = output.trim().split('\n');
    assert.equal(lines[0], 'tool');
    assert.equal(lines[1], process.version);
    assert.match(lines[2] ?? '', /^\d+\./);
    assert.deepEqual(lines.slice(3), ['trellis', 'home']);
  });

  it('keeps files from one command to the next, and nothing from one session to the next', async () => {
    const session = await sandbox().open({ root: root(), changes: staged({ 'a.txt': 'staged' }) }, { signal });
    await session.run({ argv: ['sh', '-c', 'echo more >> a.txt; echo x > /tmp/kept; echo h > ~/home'] }, { signal });
    const second = await session.run({ argv: ['sh', '-c', 'cat a.txt /tmp/kept ~/home'] }, { signal });
    await session.dispose();
    assert.equal(second.stdout, 'stagedmore\nx\nh\n');
    // What else is in /tmp depends on where the workspace and Node are.
    const left = await shell(sandbox(), root(), 'ls -A . ~; test -e /tmp/kept || echo gone');
    assert.equal(left, '.:\n\n/tmp/home:\ngone\n');
  });

  it('runs the commands of a session one after the other', async () => {
    const session = await sandbox().open({ root: root(), changes: new Map() }, { signal });
    const results = await Promise.all(
      [1, 2, 3].map(number =>
        session.run(
          { argv: ['sh', '-c', `test ! -e lock && touch lock && sleep 0.05 && rm lock && echo ${number}`] },
          { signal },
        ),
      ),
    );
    await session.dispose();
    assert.deepEqual(
      results.map(result => result.stdout),
      ['1\n', '2\n', '3\n'],
    );
  });

  it('has standard input that is at its end', async () => {
    const result = await runOnce(sandbox(), root(), ['cat']);
    assert.deepEqual([result.outcome, result.exitCode, result.stdout], ['exited', 0, '']);
  });

  it('stops at the limit of time, of output and of processor time', async () => {
    const slow = await runOnce(sandbox(), root(), ['sh', '-c', 'echo before; sleep 600'], {
      limits: { wallTimeMs: 3000 },
    });
    assert.deepEqual([slow.outcome, slow.exitCode, slow.stdout], ['timedOut', null, 'before\n']);
    const loud = await runOnce(sandbox(), root(), ['yes'], { limits: { outputBytes: 100_001 } });
    assert.deepEqual([loud.outcome, loud.isOutputTruncated, loud.stdout.length], ['outputLimit', true, 100_001]);
    const busy = await runOnce(sandbox(), root(), ['sh', '-c', 'while :; do :; done'], { limits: { cpuTimeMs: 1000 } });
    assert.deepEqual([busy.outcome, busy.signal], ['killed', 'SIGXCPU']);
  });

  it('counts both streams against the limit of output', async () => {
    const result = await runOnce(sandbox(), root(), ['sh', '-c', 'head -c 600 /dev/zero; head -c 600 /dev/zero >&2'], {
      limits: { outputBytes: 1000 },
    });
    assert.equal(result.stdout.length + result.stderr.length, 1000);
    assert.equal(result.isOutputTruncated, true);
  });

  it('limits memory of a process, size of a file, open files and disk', async () => {
    const limits = { memoryBytes: 64 * MIB, fileSizeBytes: MIB, openFiles: 50, diskBytes: 4 * MIB };
    const hungry = await runOnce(sandbox(), root(), ['perl', '-e', '$x = "a" x (200 << 20); print "got it"'], {
      limits,
    });
    assert.notEqual(hungry.exitCode, 0);
    assert.equal(hungry.stdout, '');
    const large = await runOnce(sandbox(), root(), ['sh', '-c', 'head -c 2000000 /dev/zero > large; wc -c < large'], {
      limits,
    });
    assert.equal(large.stdout, `${MIB}\n`);
    const script = 'for i in $(seq 1 10); do head -c 900000 /dev/zero > $i || exit 7; done';
    const full = await runOnce(sandbox(), root(), ['bash', '-c', script], { limits });
    assert.equal(full.exitCode, 7);
    assert.match(full.stderr, /No space left/);
    assert.equal(await shell(sandbox(), root(), 'ulimit -n', { limits }), '50\n');
  });

  it('rejects with AbortError once everything that ran is dead', async () => {
    const marker = `trellis-abort-${process.pid}`;
    const controller = new AbortController();
    const session = await sandbox().open({ root: root(), changes: new Map() }, { signal });
    const script = `trap '' TERM HUP INT; (setsid sleep 600 ${marker} 2>/dev/null || perl -e 'sleep 600' ${marker}) & perl -e 'sleep 600' ${marker}`;
    const run = session.run({ argv: ['bash', '-c', script] }, { signal: controller.signal });
    await waitUntil('the command runs', async () => (await processesWith(marker)).length >= 3);
    controller.abort();
    await assert.rejects(run, AbortError);
    assert.deepEqual(await processesWith(marker), []);
    const after = await session.run({ argv: ['echo', 'still usable'] }, { signal });
    assert.equal(after.stdout, 'still usable\n');
    await session.dispose();
  });

  it('rejects with AbortError when aborted before it starts, while it opens, or while it waits its turn', async () => {
    const aborted = AbortSignal.abort();
    await assert.rejects(sandbox().open({ root: root(), changes: new Map() }, { signal: aborted }), AbortError);
    const controller = new AbortController();
    const opening = sandbox().open({ root: root(), changes: new Map() }, { signal: controller.signal });
    setImmediate(() => {
      controller.abort();
    });
    await assert.rejects(opening, AbortError);
    const session = await sandbox().open({ root: root(), changes: new Map() }, { signal });
    const first = session.run({ argv: ['sleep', '0.1'] }, { signal });
    await assert.rejects(session.run({ argv: ['touch', 'ran'] }, { signal: aborted }), AbortError);
    assert.equal((await first).exitCode, 0);
    assert.equal((await session.run({ argv: ['ls'] }, { signal })).stdout, '');
    await session.dispose();
  });

  it('says so when someone else ended the session', async () => {
    const session = await sandbox().open({ root: root(), changes: new Map() }, { signal });
    for (const pid of await processesWith(`trellis-sandbox\0`)) {
      if ((await processesWith(root())).includes(pid)) process.kill(pid, 'SIGKILL');
    }
    await waitUntil('the session is gone', async () => (await processesWith(root())).length === 0);
    await assert.rejects(session.run({ argv: ['true'] }, { signal }), SandboxError);
    await session.dispose();
  });

  it('ends what runs when the session is disposed of, and runs nothing after', async () => {
    const marker = `trellis-dispose-${process.pid}`;
    const session = await sandbox().open({ root: root(), changes: new Map() }, { signal });
    const run = session.run({ argv: ['perl', '-e', 'sleep 600', marker] }, { signal });
    const ended = assert.rejects(run, AbortError);
    await waitUntil('the command runs', async () => (await processesWith(marker)).length > 0);
    await session.dispose();
    await ended;
    assert.deepEqual(await processesWith(marker), []);
    await assert.rejects(session.run({ argv: ['true'] }, { signal }), SandboxError);
    await session.dispose();
  });
});
