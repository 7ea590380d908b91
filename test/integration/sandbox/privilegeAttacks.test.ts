import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOnce, shell, useRealSandbox, writeFiles } from '../../support/sandbox.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const EPERM = 1;

/** System calls by number, with parameters that would succeed if the call were allowed. */
const calls: Readonly<Record<string, Readonly<Record<string, readonly (number | string)[]>>>> = {
  x64: {
    'ptrace(TRACEME)': [101, 0, 0, 0, 0],
    'unshare(NEWUSER)': [272, 0x10000000],
    'unshare(NEWNS)': [272, 0x00020000],
    'clone(NEWUSER)': [56, 0x10000011, 0, 0, 0, 0],
    'mount(tmpfs)': [165, '"none"', '"/tmp"', '"tmpfs"', 0, 0],
    umount: [166, '"/proc"', 0],
    chroot: [161, '"/"'],
    'keyctl(GET_KEYRING_ID)': [250, 0, -3, 0],
    'bpf(MAP_CREATE)': [321, 0, '"x" x 72', 72],
    io_uring_setup: [425, 4, '"\\0" x 120'],
    perf_event_open: [298, '"\\0" x 112', 0, -1, -1, 0],
    userfaultfd: [323, 1],
    'setns(self)': [308, 0, 0],
    open_by_handle_at: [304, 0, '"\\0" x 16', 0],
    'process_vm_readv(parent)': [310, 1, 0, 0, 0, 0, 0],
    'clock_settime(now)': [227, 0, '"\\0" x 16'],
    init_module: [175, '"x"', 1, '""'],
    reboot: [169, 0, 0, 0, 0],
    sethostname: [170, '"x"', 1],
    pidfd_getfd: [438, 0, 0, 0],
    open_tree: [428, -100, '"/"', 1],
    fsopen: [430, '"tmpfs"', 0],
  },
  arm64: {
    'ptrace(TRACEME)': [117, 0, 0, 0, 0],
    'unshare(NEWUSER)': [97, 0x10000000],
    'mount(tmpfs)': [40, '"none"', '"/tmp"', '"tmpfs"', 0, 0],
    'keyctl(GET_KEYRING_ID)': [219, 0, -3, 0],
    'bpf(MAP_CREATE)': [280, 0, '"x" x 72', 72],
    io_uring_setup: [425, 4, '"\\0" x 120'],
    perf_event_open: [241, '"\\0" x 112', 0, -1, -1, 0],
    open_tree: [428, -100, '"/"', 1],
  },
};

describe('attacks for privileges and secrets', () => {
  const sandbox = useRealSandbox();
  const root = useTemporaryDirectory();

  for (const [name, call] of Object.entries(calls[process.arch] ?? {})) {
    it(`get nowhere with ${name}`, async () => {
      // Perl takes strings for system calls from variables only.
      const variables = call.map((_, index) => `$v[${index}]`).join(', ');
      const script = `@v = (${call.join(', ')}); $result = syscall(${variables}); print $result, " ", 0+$!`;
      const result = await runOnce(sandbox(), root(), ['perl', '-e', script]);
      assert.equal(result.stdout, `-1 ${EPERM}`, JSON.stringify(result));
    });
  }

  it('have no capability, gain none, and cannot become root', async () => {
    const script = `grep -E '^(CapInh|CapPrm|CapEff|CapAmb)' /proc/self/status | grep -v 0000000000000000
      grep NoNewPrivs /proc/self/status; perl -e '$> = 0; print "euid $>\\n"; $) = 0; print "uid $<\\n"'
      find /usr/bin -perm /6000 | head -3 | while read -r program; do "$program" --version </dev/null >/dev/null 2>&1; done
      awk '$1 == 0' /proc/self/uid_map; true`;
    assert.equal(await shell(sandbox(), root(), script), 'NoNewPrivs:\t1\neuid 1000\nuid 1000\n');
  });

  it('cannot change the kernel through /proc', async () => {
    const files = [
      'sys/kernel/core_pattern',
      'sys/kernel/hostname',
      'sysrq-trigger',
      'sys/vm/drop_caches',
      '1/oom_score_adj',
      '1/mem',
    ];
    const script = files.map(file => `(echo x > /proc/${file}) 2>/dev/null && echo ${file}`).join('\n');
    const reads = ['kcore', 'kmsg', '1/mem', 'kpagecount'].map(
      file => `(head -c1 /proc/${file} >/dev/null) 2>/dev/null && echo ${file}`,
    );
    assert.equal(await shell(sandbox(), root(), `${script}\n${reads.join('\n')}\ntrue`), '');
  });

  it("find nothing of the host's environment, in no process", async () => {
    process.env['TRELLIS_TEST_SECRET'] = 'sk-not-for-you';
    try {
      const script = `cat /proc/[0-9]*/environ | tr '\\0' '\\n' | sort -u; env; wc -c < /proc/1/environ`;
      const output = await shell(sandbox(), root(), script);
      assert.doesNotMatch(output, /sk-not-for-you|TRELLIS_TEST|SSH_|npm_(?!config_fetch_retries=)|NODE_/);
      assert.match(output, /^0$/m);
    } finally {
      delete process.env['TRELLIS_TEST_SECRET'];
    }
  });

  it('see no process but their own, and cannot signal others', async () => {
    const output = await shell(sandbox(), root(), 'ls /proc | grep -c "^[0-9]"; kill -9 $PPID; kill -9 -1; true');
    assert.ok(Number(output) < 8, output);
    assert.ok(process.pid > 0);
  });

  it('cannot kill process 1 of the sandbox, nor leave it without its end', async () => {
    const result = await runOnce(sandbox(), root(), [
      'bash',
      '-c',
      'kill -KILL 1; kill -TERM 1; kill -STOP 1; echo alive',
    ]);
    assert.deepEqual([result.outcome, result.stdout], ['exited', 'alive\n']);
  });

  it('have no terminal to type into', async () => {
    const output = await shell(sandbox(), root(), '(echo x > /dev/tty) 2>&1; tty; true');
    assert.match(output, /No such device or address/);
    assert.match(output, /not a tty/);
  });

  it('inherit no open file, however many Trellis has inherited itself', async () => {
    writeFiles(root(), { 'project/a.txt': '' });
    const secret = path.join(root(), 'secret');
    writeFileSync(secret, 'sk-not-for-you');
    const program = fileURLToPath(new URL('../../support/listDescriptors.ts', import.meta.url));
    const script = 'exec 3<"$1" 9<"$1" 25<"$1" 77<"$1" 250<"$1"; exec "$2" "$3" "$4"';
    const child = spawn('bash', [
      '-c',
      script,
      'bash',
      secret,
      process.execPath,
      program,
      path.join(root(), 'project'),
    ]);
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    assert.deepEqual(await once(child, 'close'), [0, null], output);
    assert.match(output, /^0 .*\n1 .*\n2 .*\n$/);
    assert.doesNotMatch(output, /secret/);
  });
});
