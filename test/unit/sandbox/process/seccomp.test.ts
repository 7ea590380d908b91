import assert from 'node:assert/strict';
import {
  type FilteredArchitecture,
  isFilteredArchitecture,
  seccompFilter,
} from '../../../../src/sandbox/process/seccomp.ts';

const ALLOWED = 0x7fff0000;
const KILLED = 0x80000000;
const failedWith = (errno: number) => 0x00050000 + errno;

interface Call {
  readonly number: number;
  readonly auditArchitecture?: number;
  readonly parameters?: readonly number[];
}

/** Runs a filter as the kernel does, on one system call. */
function verdict(architecture: FilteredArchitecture, { number, auditArchitecture, parameters = [] }: Call): number {
  const native = architecture === 'x64' ? 0xc000003e : 0xc00000b7;
  const data = new DataView(new ArrayBuffer(64));
  data.setInt32(0, number, true);
  data.setUint32(4, auditArchitecture ?? native, true);
  parameters.forEach((value, index) => {
    data.setBigUint64(16 + 8 * index, BigInt(value), true);
  });
  const program = new DataView(seccompFilter(architecture).buffer);
  let accumulator = 0;
  for (let at = 0; at < program.byteLength; at += 8) {
    const operand = program.getUint32(at + 4, true);
    const jump = (isTaken: boolean) => {
      at += 8 * program.getUint8(at + (isTaken ? 2 : 3));
    };
    const code = program.getUint16(at, true);
    if (code === 0x06) return operand;
    else if (code === 0x20) accumulator = data.getUint32(operand, true);
    else if (code === 0x15) jump(accumulator === operand);
    else if (code === 0x35) jump(accumulator >= operand);
    else if (code === 0x45) jump((accumulator & operand) !== 0);
    else assert.fail(`The filter has an instruction that this test does not know: ${code}.`);
  }
  return assert.fail('The filter ends without a verdict.');
}

/** Numbers from the kernel's headers. */
const numbers = {
  x64: {
    read: 0,
    clone: 56,
    execve: 59,
    socket: 41,
    ioctl: 16,
    ptrace: 101,
    mount: 165,
    keyctl: 250,
    bpf: 321,
    unshare: 272,
  },
  arm64: {
    read: 63,
    clone: 220,
    execve: 221,
    socket: 198,
    ioctl: 29,
    ptrace: 117,
    mount: 40,
    keyctl: 219,
    bpf: 280,
    unshare: 97,
  },
};

for (const architecture of ['x64', 'arm64'] as const) {
  const is = (call: Call) => verdict(architecture, call);
  const { read, clone, execve, socket, ioctl, ...denied } = numbers[architecture];

  describe(`the filter of system calls for ${architecture}`, () => {
    it('lets ordinary calls through', () => {
      for (const number of [read, execve, 439, 449]) assert.equal(is({ number }), ALLOWED, String(number));
    });

    it('refuses tracing, mounts, keys, BPF, namespaces and io_uring', () => {
      for (const [name, number] of Object.entries(denied)) assert.equal(is({ number }), failedWith(1), name);
      for (const number of [425, 426, 427, 428, 429, 442]) assert.equal(is({ number }), failedWith(1), String(number));
    });

    it('lets threads and processes be made, but no namespaces', () => {
      const threadFlags = 0x3d0f00;
      assert.equal(is({ number: clone, parameters: [threadFlags] }), ALLOWED);
      for (const flag of [0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000]) {
        assert.equal(is({ number: clone, parameters: [threadFlags + flag] }), failedWith(1), flag.toString(16));
      }
      assert.equal(is({ number: 435 }), failedWith(38));
    });

    it('knows three families of sockets, and of netlink the routing alone', () => {
      for (const family of [1, 2, 10]) assert.equal(is({ number: socket, parameters: [family, 1, 0] }), ALLOWED);
      assert.equal(is({ number: socket, parameters: [16, 3, 0] }), ALLOWED);
      assert.equal(is({ number: socket, parameters: [16, 3, 15] }), failedWith(97));
      for (const family of [0, 17, 38, 40, 44]) {
        assert.equal(is({ number: socket, parameters: [family, 1, 0] }), failedWith(97), String(family));
      }
    });

    it('refuses to type into a terminal', () => {
      assert.equal(is({ number: ioctl, parameters: [0, 0x5413] }), ALLOWED);
      for (const request of [0x5412, 0x541c]) {
        assert.equal(is({ number: ioctl, parameters: [0, request] }), failedWith(1));
        assert.equal(is({ number: ioctl, parameters: [0, 2 ** 32 + request] }), failedWith(1));
      }
    });

    it("kills what calls by another processor's numbers", () => {
      assert.equal(is({ number: read, auditArchitecture: 0x40000003 }), KILLED);
      assert.equal(is({ number: 0x40000000 + read }), KILLED);
    });
  });
}

describe('isFilteredArchitecture', () => {
  it('knows the processors that there is a filter for', () => {
    assert.deepEqual(['x64', 'arm64', 'riscv64', 'toString'].map(isFilteredArchitecture), [true, true, false, false]);
  });
});
