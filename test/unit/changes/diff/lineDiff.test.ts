import assert from 'node:assert/strict';
import { countChanges, diffLines } from '../../../../src/changes/diff/lineDiff.ts';
import { mutateLines, randomLines } from '../../../support/randomLines.ts';
import { SeededRandom } from '../../../support/seededRandom.ts';

function applyChanges(before: readonly string[], after: readonly string[]): string[] {
  const result: string[] = [];
  let at = 0;
  for (const change of diffLines(before, after)) {
    result.push(...before.slice(at, change.oldStart));
    assert.equal(result.length, change.newStart, 'changes are in order and in step');
    result.push(...after.slice(change.newStart, change.newStart + change.newCount));
    at = change.oldStart + change.oldCount;
  }
  return result.concat(before.slice(at));
}

/** The length of a longest common subsequence, by the table everybody knows. */
function commonLength(left: readonly string[], right: readonly string[]): number {
  let row = new Array<number>(right.length + 1).fill(0);
  for (const line of left) {
    const next = [0];
    for (const [index, other] of right.entries())
      next.push(line === other ? row[index]! + 1 : Math.max(row[index + 1]!, next[index]!));
    row = next;
  }
  return row[right.length]!;
}

describe('diffLines', () => {
  it('has nothing to say about equal lists, and all of an empty one', () => {
    assert.deepEqual(diffLines(['a', 'b'], ['a', 'b']), []);
    assert.deepEqual(diffLines([], ['a']), [{ oldStart: 0, oldCount: 0, newStart: 0, newCount: 1 }]);
    assert.deepEqual(diffLines(['a'], []), [{ oldStart: 0, oldCount: 1, newStart: 0, newCount: 0 }]);
  });

  it('slides a change down as far as it goes', () => {
    const [change] = diffLines(['f {', '}', 'end'], ['f {', '}', 'f {', '}', 'end']);
    assert.deepEqual(change, { oldStart: 2, oldCount: 0, newStart: 2, newCount: 2 });
  });

  it('turns one list into the other with the fewest changes, for 3,000 generated pairs', () => {
    for (let seed = 1; seed <= 3_000; seed++) {
      const random = new SeededRandom(seed);
      const variety = 2 + random.below(12);
      const before = randomLines(random, random.below(30), variety);
      const after = random.chance(0.2)
        ? randomLines(random, random.below(30), variety)
        : mutateLines(random, before, random.below(8), variety);
      assert.deepEqual(applyChanges(before, after), after, `seed ${seed}`);
      const { additions, deletions } = countChanges(diffLines(before, after));
      const common = commonLength(before, after);
      assert.deepEqual([deletions, additions], [before.length - common, after.length - common], `seed ${seed}`);
    }
  });

  it('stays right when it gives up on the shortest script', () => {
    const random = new SeededRandom(7);
    const before = randomLines(random, 5_000, 300);
    const after = randomLines(random, 5_000, 300);
    assert.deepEqual(applyChanges(before, after), after);
  });
});
