import assert from 'node:assert/strict';
import { ControlGroups } from '../../../src/sandbox/process/controlGroups.ts';
import { processesWith, runOnce, shell, useRealSandbox } from '../../support/sandbox.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const MIB = 1024 * 1024;

const controlGroups = await ControlGroups.find();

describe('attacks on resources', () => {
  const sandbox = useRealSandbox();
  const root = useTemporaryDirectory();

  it('stop a fork bomb at the limit of processes, and leave none of them', async () => {
    const marker = `trellis-bomb-${process.pid}`;
    const bomb = 'fork while 1';
    const result = await runOnce(sandbox(), root(), ['perl', '-e', bomb, marker], {
      limits: { processes: 40, wallTimeMs: 1500, cpuTimeMs: 600_000 },
    });
    assert.equal(result.outcome, 'timedOut');
    assert.deepEqual(await processesWith(marker), []);
  });

  it('count threads as processes', async () => {
    const script = `const { Worker } = require('worker_threads'); let n = 0;
      for (let i = 0; i < 100; i++) try { new Worker('setInterval(() => {}, 1000)', { eval: true }).on('error', () => {}); n++ } catch (e) { break }
      setTimeout(() => { console.log(require('fs').readdirSync('/proc/self/task').length); process.exit() }, 500)`;
    const result = await runOnce(sandbox(), root(), ['node', '-e', script], {
      limits: { processes: 40, wallTimeMs: 8000 },
    });
    assert.ok(result.outcome !== 'exited' || Number(result.stdout || '0') <= 40, JSON.stringify(result));
  });

  it('stop processes that take too much memory, in one piece or many', async () => {
    const limits = { memoryBytes: 128 * MIB, wallTimeMs: 20_000 };
    for (const script of [
      '$x = "a" x (1 << 30); print "got it"',
      'while (1) { push @x, "a" x 100000 }',
      'for (1..100000) { $h{$_} = "a" x 10000 } print "got it"',
    ]) {
      const result = await runOnce(sandbox(), root(), ['perl', '-e', script], { limits });
      assert.notEqual(result.exitCode, 0, script);
      assert.equal(result.stdout, '', script);
    }
  });

  // Without control groups there is no such limit, which the documentation says.
  if (controlGroups.isAvailable) {
    it('stop memory that no process owns, and eight processes that share the greed', async () => {
      const limits = { memoryBytes: 64 * MIB, diskBytes: 16 * MIB, wallTimeMs: 30_000 };
      const shared =
        '$id = shmget(0, 400 << 20, 0600); shmwrite($id, "x" x (1 << 20), $_ << 20, 1 << 20) for 0..399; print "got it"';
      const alone = await runOnce(sandbox(), root(), ['perl', '-e', shared], { limits });
      assert.deepEqual([alone.outcome, alone.signal, alone.stdout], ['killed', 'SIGKILL', '']);
      const greedy = `for i in 1 2 3 4 5 6 7 8; do perl -e '$x = "a" x (25 << 20); sleep 1; print "got it\\n"' & done; wait`;
      const many = await runOnce(sandbox(), root(), ['bash', '-c', greedy], { limits });
      const survivors = many.stdout.match(/got it/g)?.length ?? 0;
      assert.ok(survivors < 8, many.stdout);
    });
  }

  it('stop Node at the limit of memory', async () => {
    const script = 'const all = []; for (;;) all.push(Buffer.alloc(10 << 20, 1));';
    const result = await runOnce(sandbox(), root(), ['node', '-e', script], { limits: { memoryBytes: 512 * MIB } });
    assert.ok(result.outcome === 'killed' || result.exitCode !== 0, JSON.stringify(result));
  });

  it('cannot fill a disk: not the project, not /tmp, not shared memory, not with empty files', async () => {
    const limits = { diskBytes: 8 * MIB, fileSizeBytes: 64 * MIB };
    for (const place of ['.', '/tmp', '/dev/shm', '/tmp/home']) {
      const script = `head -c 20000000 /dev/zero > ${place}/large; echo $?; wc -c < ${place}/large`;
      const [status, size] = (await shell(sandbox(), root(), script, { limits })).trim().split('\n');
      assert.equal(status, '1', place);
      assert.ok(Number(size) <= 8 * MIB, `${place}: ${size}`);
    }
    const files = 'mkdir many; cd many; for i in $(seq 5000); do : > $i || break; done 2>/dev/null; ls | wc -l';
    assert.ok(Number(await shell(sandbox(), root(), files, { limits })) < (8 * MIB) / 4096);
  });

  it('stop at once what floods the output, however fast it is', async () => {
    const result = await runOnce(sandbox(), root(), ['sh', '-c', 'yes & yes >&2 & yes'], {
      limits: { outputBytes: MIB },
    });
    assert.equal(result.outcome, 'outputLimit');
    assert.equal(result.stdout.length + result.stderr.length, MIB);
    assert.ok(result.durationMs < 10_000);
  });

  it('end what ignores every signal that can be ignored', async () => {
    const marker = `trellis-deaf-${process.pid}`;
    const script = '$SIG{$_} = "IGNORE" for keys %SIG; fork; sleep 600 while 1';
    const result = await runOnce(sandbox(), root(), ['perl', '-e', script, marker], { limits: { wallTimeMs: 500 } });
    assert.deepEqual([result.outcome, result.signal], ['timedOut', 'SIGKILL']);
    assert.deepEqual(await processesWith(marker), []);
  });

  it('end a grandchild that became a daemon, once the command is over', async () => {
    const marker = `trellis-daemon-${process.pid}`;
    const script = `use POSIX; if (!fork) { POSIX::setsid(); if (!fork) { close STDIN; close STDOUT; close STDERR; sleep 600 while 1 } exit } wait; sleep 0.2; print "done"`;
    const result = await runOnce(sandbox(), root(), ['perl', '-e', script, marker]);
    assert.deepEqual([result.outcome, result.exitCode, result.stdout], ['exited', 0, 'done']);
    assert.deepEqual(await processesWith(marker), []);
  });

  it('end a grandchild that keeps the output open, once the command is over', async () => {
    const marker = `trellis-holder-${process.pid}`;
    const result = await runOnce(sandbox(), root(), ['sh', '-c', `perl -e 'sleep 600' ${marker} & echo done`]);
    assert.deepEqual([result.outcome, result.stdout], ['exited', 'done\n']);
    assert.ok(result.durationMs < 10_000);
    assert.deepEqual(await processesWith(marker), []);
  });

  it('end what stops itself', async () => {
    const result = await runOnce(sandbox(), root(), ['sh', '-c', 'kill -STOP $$'], { limits: { wallTimeMs: 500 } });
    assert.equal(result.outcome, 'timedOut');
  });
});
