import assert from 'node:assert/strict';
import { createTwoFilesPatch } from 'diff';
import { excerptDiff } from '../../../src/quality/diffExcerpt.ts';

const patch = (path: string, lines: number) =>
  createTwoFilesPatch('/dev/null', `b/${path}`, '', 'a line\n'.repeat(lines));

describe('excerptDiff', () => {
  it('leaves a diff that fits as it is, file by file', () => {
    const diff = patch('a', 3) + patch('b', 3);
    assert.deepEqual(excerptDiff(diff, diff.length), [patch('a', 3), patch('b', 3)]);
  });

  it('cuts large files before small ones, at the end of a line, and says so', () => {
    const small = patch('small', 3);
    const excerpt = excerptDiff(`${patch('large', 1000)}\n${small}\n${patch('huge', 9000)}`, 2_000).join('');
    assert.ok(excerpt.includes(small));
    assert.match(excerpt, /\+\+\+ b\/large/);
    assert.match(excerpt, /\+\+\+ b\/huge/);
    assert.equal(excerpt.match(/^\[\d+ more characters of this file are left out\]$/gm)?.length, 2);
    assert.ok(excerpt.length < 2_200);
    assert.ok(!/\+a lin$/m.test(excerpt));
  });

  it('cuts a single line that is too long', () => {
    const cut = `${'x'.repeat(10)}[90 more characters of this file are left out]\n`;
    assert.deepEqual(excerptDiff('x'.repeat(100), 10), [cut]);
  });
});
