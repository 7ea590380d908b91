import assert from 'node:assert/strict';
import { cutMiddle, describeExcerpt, excerptLines, oneLine } from '../../../src/agents/textBudget.ts';

describe('text budgets', () => {
  it('cut the middle of a text and say how much is gone', () => {
    assert.equal(cutMiddle('short', 5), 'short');
    assert.equal(cutMiddle('a'.repeat(60) + 'b'.repeat(60), 10), 'aaaaaa\n… 110 characters left out …\nbbbb');
  });

  it('bring a text to one line', () => {
    assert.equal(oneLine(' a\n\tb  c ', 10), 'a b c');
    assert.equal(oneLine('abcdef', 4), 'abc…');
  });

  it('take the lines of a range, as many as fit', () => {
    const text = 'one\ntwo\nthree\nfour\n';
    assert.deepEqual(excerptLines(text, 100), { text: 'one\ntwo\nthree\nfour', start: 1, end: 4, total: 4 });
    assert.deepEqual(excerptLines(text, 100, { start: 2, end: 3 }), { text: 'two\nthree', start: 2, end: 3, total: 4 });
    assert.deepEqual(excerptLines(text, 8), { text: 'one\ntwo', start: 1, end: 2, total: 4 });
    assert.deepEqual(excerptLines('long line\nshort', 4), { text: 'long', start: 1, end: 1, total: 2 });
    assert.deepEqual(excerptLines(text, 100, { start: 9 }), { text: '', start: 9, end: 8, total: 4 });
    assert.deepEqual(excerptLines('', 100), { text: '', start: 1, end: 0, total: 0 });
  });

  it('say which lines those are', () => {
    assert.equal(describeExcerpt({ text: '', start: 1, end: 4, total: 4 }), '4 lines');
    assert.equal(describeExcerpt({ text: '', start: 1, end: 1, total: 1 }), '1 line');
    assert.equal(describeExcerpt({ text: '', start: 2, end: 3, total: 4 }), 'lines 2-3 of 4');
  });
});
