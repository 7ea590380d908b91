import assert from 'node:assert/strict';
import { addTextFlags, describeTextFlags } from '../../../src/domain/textFlags.ts';

describe('addTextFlags', () => {
  it('adds up what is alike', () => {
    const one = { category: 'credential', kind: 'npm-token', count: 1, action: 'masked' } as const;
    const other = { category: 'personalData', kind: 'email', count: 2, action: 'reported' } as const;
    assert.deepEqual(addTextFlags([one, other], [{ ...one, count: 4 }]), [{ ...one, count: 5 }, other]);
  });
});

describe('describeTextFlags', () => {
  it('says in one sentence each what was done', () => {
    const flags = [
      { category: 'personalData', kind: 'email', count: 2, action: 'reported' },
      { category: 'credential', kind: 'npm-token', count: 1, action: 'masked' },
      { category: 'credential', kind: 'private-key', count: 3, action: 'masked' },
      { category: 'instruction', kind: 'override', count: 1, action: 'marked' },
    ] as const;
    assert.deepEqual(describeTextFlags(flags), [
      'Credentials were masked in what was sent to models: 1 npm-token, 3 private-key.',
      'Personal data was sent to models: 2 email.',
      'Files or output read as if they gave models instructions, and were marked as data: 1 override.',
    ]);
    assert.deepEqual(describeTextFlags([]), []);
  });
});
