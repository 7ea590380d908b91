import assert from 'node:assert/strict';
import { hunksOf } from '../../../../src/changes/diff/hunks.ts';
import { type DiffSide, neighbourOf, placeAt, placeNear, placesOf } from '../../../../src/editor/review/hunkPlaces.ts';
import { stagedChange } from '../../../support/stagedChange.ts';

const before = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`);

/** Line 3 is replaced by two, line 10 is removed, a line comes after line 18. */
const changed = () => {
  const after = [...before];
  after.splice(18, 0, 'added\n');
  after.splice(9, 1);
  after.splice(2, 1, 'three\n', 'three and a half\n');
  return hunksOf(stagedChange('a.ts', before.join(''), after.join('')));
};
const rangesOf = (side: DiffSide) => placesOf(changed(), side).map(({ startLine, endLine }) => [startLine, endLine]);

describe('the places of hunks', () => {
  it('are the lines that changed, without those around them, on either side', () => {
    assert.deepEqual(rangesOf('after'), [
      [2, 4],
      [10, 10],
      [18, 19],
    ]);
    assert.deepEqual(rangesOf('before'), [
      [2, 3],
      [9, 10],
      [18, 18],
    ]);
  });

  it('are the whole text of a file that is new or gone, and nothing where no lines are', () => {
    const [added] = placesOf(hunksOf(stagedChange('a.ts', undefined, 'one\ntwo\n')), 'after');
    assert.deepEqual([added?.startLine, added?.endLine], [0, 2]);
    const [gone] = placesOf(hunksOf(stagedChange('a.ts', 'one\ntwo\n', undefined)), 'before');
    assert.deepEqual([gone?.startLine, gone?.endLine], [0, 2]);
    const [first] = placesOf(hunksOf(stagedChange('a.ts', 'one\ntwo\n', 'two\n')), 'after');
    assert.deepEqual([first?.startLine, first?.endLine], [0, 0]);
    const empty = { id: 'rename', oldStart: 0, oldLines: 0, newStart: 0, newLines: 0, lines: [] };
    assert.deepEqual(placesOf([empty], 'after'), []);
  });

  it('tell which hunk the cursor is in; lines that were removed are between two others', () => {
    const places = placesOf(changed(), 'after');
    const at = (line: number) => places.findIndex(place => place === placeAt(places, line));
    assert.deepEqual([1, 2, 3, 4, 8, 9, 10, 11, 18, 19].map(at), [-1, 0, 0, -1, -1, 1, 1, -1, 2, -1]);
  });

  it('are meant from up to three lines away, the lower one of two that are as near', () => {
    const places = placesOf(changed(), 'after');
    const near = (line: number) => places.findIndex(place => place === placeNear(places, line));
    assert.deepEqual([0, 2, 6, 7, 8, 9, 13, 14, 15, 18, 21].map(near), [0, 0, 0, 1, 1, 1, 1, -1, 2, 2, 2]);
    assert.equal(near(22), -1);
    const [first, second] = placesOf(hunksOf(stagedChange('a.ts', 'a\nb\nc\nd\ne\n', 'A\nb\nc\nd\nE\n')), 'after');
    assert.equal(placeNear([first!, second!], 2), second);
  });

  it('lead from one hunk to the next and back, and no further than the last', () => {
    const places = placesOf(changed(), 'after');
    const step = (line: number, direction: 'next' | 'previous') => neighbourOf(places, line, direction)?.startLine;
    assert.deepEqual(
      [0, 2, 3, 9, 10, 12, 18].map(line => step(line, 'next')),
      [2, 10, 10, 18, 18, 18, undefined],
    );
    assert.deepEqual(
      [19, 18, 11, 10, 9, 3, 0].map(line => step(line, 'previous')),
      [18, 10, 10, 2, 2, undefined, undefined],
    );
  });
});
