import assert from 'node:assert/strict';
import {
  explainDifference,
  isSameMerge,
  mergeByGit,
  mergeByUs,
  mergeTriple,
} from '../../support/edits/mergeTriples.ts';

// A part of what `npm run bench:merge` measures.
describe('three-way merges', () => {
  it('come out as git has them, or differ by a choice that equal lines leave', () => {
    const triples = Array.from({ length: 200 }, (_, index) => mergeTriple(index + 1));
    const byGit = mergeByGit(triples);
    const differing = triples.filter((triple, index) => {
      const git = byGit[index];
      return !git || !isSameMerge(mergeByUs(triple), git);
    });
    assert.ok(byGit.some(merge => merge.isClean) && byGit.some(merge => !merge.isClean), 'there are both kinds');
    assert.ok(differing.length <= 2, `${differing.length} differ`);
    for (const triple of differing)
      assert.match(explainDifference(triple), /^(?:sameSize|longer)$/, `seed ${triple.seed}`);
  });
});
