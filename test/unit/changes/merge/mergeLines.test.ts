import assert from 'node:assert/strict';
import { mergeLines } from '../../../../src/changes/merge/mergeLines.ts';
import { mutateLines, randomLines } from '../../../support/randomLines.ts';
import { SeededRandom } from '../../../support/seededRandom.ts';

const merged = (base: string, ours: string, theirs: string) => {
  const { regions } = mergeLines(Array.from(base), Array.from(ours), Array.from(theirs));
  return regions
    .map(region =>
      region.kind === 'clean'
        ? region.lines.join('')
        : `<${region.ours.join('')}|${region.base.join('')}|${region.theirs.join('')}>`,
    )
    .join('');
};

describe('mergeLines', () => {
  it('takes the changes of both sides', () => assert.equal(merged('abcde', 'aBcde', 'abcdE'), 'aBcdE'));
  it('takes a change that both sides made once', () => assert.equal(merged('abc', 'aXc', 'aXc'), 'aXc'));
  it('takes insertions and deletions', () => assert.equal(merged('abcdef', 'abxcdef', 'abcdf'), 'abxcdf'));
  it('shows all three versions of a conflict', () => assert.equal(merged('abc', 'aXc', 'aYc'), 'a<X|b|Y>c'));
  it('takes changes that touch for a conflict', () => assert.equal(merged('abcd', 'aXcd', 'abYd'), 'a<Xc|bc|bY>d'));
  it('joins what overlaps through a third change', () =>
    assert.equal(merged('abcdef', 'aXYdef', 'abcZef'), 'a<XYd|bcd|bcZ>ef'));
  it('takes two different insertions at one place for a conflict', () =>
    assert.equal(merged('ab', 'aXb', 'aYb'), 'a<X||Y>b'));

  it('gives the other side where one side did nothing, and the same whichever side is ours', () => {
    for (let seed = 1; seed <= 1_000; seed++) {
      const random = new SeededRandom(seed);
      const variety = 4 + random.below(40);
      const base = randomLines(random, random.below(40), variety);
      const ours = mutateLines(random, base, random.below(5), variety);
      const theirs = mutateLines(random, base, random.below(5), variety);
      const lines = (merge: ReturnType<typeof mergeLines>) =>
        merge.regions.flatMap(region => (region.kind === 'clean' ? region.lines : ['?']));
      assert.deepEqual(lines(mergeLines(base, ours, base)), ours, `seed ${seed}`);
      assert.deepEqual(lines(mergeLines(base, base, theirs)), theirs, `seed ${seed}`);
      assert.deepEqual(lines(mergeLines(base, ours, theirs)), lines(mergeLines(base, theirs, ours)), `seed ${seed}`);
    }
  });
});
