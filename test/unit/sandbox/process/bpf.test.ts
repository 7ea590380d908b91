import assert from 'node:assert/strict';
import { assembleBpf } from '../../../../src/sandbox/process/bpf.ts';

describe('assembleBpf', () => {
  it('writes code, jumps and operand of each instruction in little endian', () => {
    const bytes = assembleBpf([
      { kind: 'load', offset: 4 },
      { kind: 'jump', when: 'equal', value: 0x01020304, then: 'end' },
      { kind: 'return', value: 0x80000000 },
      { kind: 'label', name: 'end' },
      { kind: 'return', value: 7 },
    ]);
    assert.equal(
      Buffer.from(bytes).toString('hex'),
      '2000000004000000' + '1500010004030201' + '0600000000000080' + '0600000007000000',
    );
  });

  it('refuses a jump to nowhere, backwards, or too far', () => {
    const jump = { kind: 'jump', when: 'equal', value: 1, then: 'there' } as const;
    const step = { kind: 'load', offset: 0 } as const;
    assert.throws(() => assembleBpf([jump]), /which is not there/);
    assert.throws(() => assembleBpf([{ kind: 'label', name: 'there' }, jump]), /cannot jump -1/);
    assert.throws(
      () => assembleBpf([jump, ...Array.from({ length: 256 }, () => step), { kind: 'label', name: 'there' }]),
      /cannot jump 256/,
    );
    assert.doesNotThrow(() =>
      assembleBpf([jump, ...Array.from({ length: 255 }, () => step), { kind: 'label', name: 'there' }]),
    );
  });
});
