import assert from 'node:assert/strict';
import { changesBetween, mergeTexts, sameText, type TextChange } from '../../../../src/editor/files/textChange.ts';
import { SeededRandom } from '../../../support/seededRandom.ts';

/** What an editor does with the changes: all of them at once, against the old text. */
function apply(text: string, changes: readonly TextChange[]): string {
  const lines = text.split('\n');
  const offset = (line: number, character: number) =>
    lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character;
  return [...changes]
    .sort((a, b) => b.startLine - a.startLine || b.startCharacter - a.startCharacter)
    .reduce(
      (result, { startLine, startCharacter, endLine, endCharacter, text: inserted }) =>
        result.slice(0, offset(startLine, startCharacter)) + inserted + result.slice(offset(endLine, endCharacter)),
      text,
    );
}

describe('changesBetween', () => {
  const cases: [string, string][] = [
    ['', 'a\n'],
    ['a\n', ''],
    ['a\nb\nc\n', 'a\nB\nc\n'],
    ['a\nb', 'a\nb\n'],
    ['a\nb\n', 'a\nb'],
    ['a', 'b'],
    ['a\nb\nc', 'a'],
    ['a\nb\nc', 'c'],
    ['same\n', 'same\n'],
  ];
  for (const [before, after] of cases) {
    it(`turns ${JSON.stringify(before)} into ${JSON.stringify(after)}`, () => {
      assert.equal(apply(before, changesBetween(before, after)), after);
    });
  }

  it('touches only the lines that differ', () => {
    assert.deepEqual(changesBetween('a\nb\nc\n', 'a\nB\nc\n'), [
      { startLine: 1, startCharacter: 0, endLine: 2, endCharacter: 0, text: 'B\n' },
    ]);
  });

  it('turns any text into any other', () => {
    const random = new SeededRandom(7);
    const text = () => Array.from({ length: random.below(8) }, () => 'abc'[random.below(3)]).join('\n');
    for (let round = 0; round < 1000; round++) {
      const [before, after] = [text(), text()];
      assert.equal(apply(before, changesBetween(before, after)), after, JSON.stringify([before, after]));
    }
  });
});

describe('mergeTexts', () => {
  it('keeps what the user and what the run changed', () => {
    assert.equal(mergeTexts('a\nb\nc\nd\n', 'A\nb\nc\nd\n', 'a\nb\nc\nD\n'), 'A\nb\nc\nD\n');
  });

  it('is undefined when both changed the same line', () => {
    assert.equal(mergeTexts('a\nb\n', 'x\nb\n', 'y\nb\n'), undefined);
  });

  it('takes line ends for no difference', () => {
    assert.equal(mergeTexts('a\r\nb\r\n', 'a\nb\n', 'a\r\nB\r\n'), 'a\nB\n');
  });
});

describe('sameText', () => {
  it('looks past line ends and at nothing else', () => {
    assert.ok(sameText('a\r\nb', 'a\nb'));
    assert.ok(!sameText('a\nb', 'a\nb\n'));
  });
});
