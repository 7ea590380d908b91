import assert from 'node:assert/strict';
import { describeDifference, firstDifference } from '../../../src/base/firstDifference.ts';

const names = { expected: 'recorded', got: 'asked' };

describe('firstDifference', () => {
  it('finds nothing in the same text', () => {
    assert.equal(firstDifference('a\nb', 'a\nb'), undefined);
  });

  it('finds the first line that differs, and the one before it', () => {
    assert.deepEqual(firstDifference('a\nb\nc', 'a\nB\nC'), { line: 2, expected: 'b', got: 'B', before: 'a' });
    assert.deepEqual(firstDifference('a', 'b'), { line: 1, expected: 'a', got: 'b', before: undefined });
  });

  it('knows that a text has ended', () => {
    assert.deepEqual(firstDifference('a\nb', 'a'), { line: 2, expected: 'b', got: undefined, before: 'a' });
  });
});

describe('describeDifference', () => {
  it('shows both sides under each other', () => {
    const text = describeDifference({ line: 2, expected: 'b "x"', got: undefined, before: 'a' }, names);
    assert.equal(text, '  after "a"\n  recorded: "b \\"x\\""\n  asked:    (the text has ended)');
  });

  it('shows of long lines the place where they differ', () => {
    const same = 'x'.repeat(1000);
    const text = describeDifference({ line: 1, expected: `${same}one`, got: `${same}two`, before: undefined }, names);
    assert.match(text, /recorded: …"x{40}one"\n {2}asked: {4}…"x{40}two"$/);
    const cut = describeDifference({ line: 1, expected: same, got: `y${same}`, before: undefined }, names);
    assert.match(cut, /recorded: "x{160}"…/);
  });
});
