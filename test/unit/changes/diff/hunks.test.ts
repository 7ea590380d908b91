import assert from 'node:assert/strict';
import { CONTENT_HUNK, hunksOf, keepHunks, MODE_HUNK, RENAME_HUNK } from '../../../../src/changes/diff/hunks.ts';
import { mutateLines, randomLines } from '../../../support/randomLines.ts';
import { SeededRandom } from '../../../support/seededRandom.ts';
import { stagedChange, textOfChange } from '../../../support/stagedChange.ts';

const TEN = '1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n';
const edited = TEN.replace('2\n', 'two\n').replace('5\n', '').replace('9\n', '9\nnine and a half\n');

describe('hunks of a change', () => {
  it('are as small as the diff has them, with context and numbers', () => {
    const [first, second, third] = hunksOf(stagedChange('a.ts', TEN, edited));
    assert.deepEqual(
      first?.lines.map(line => `${line.kind} ${line.text}`),
      ['context 1', 'deleted 2', 'added two', 'context 3', 'context 4'],
    );
    assert.deepEqual([second?.oldStart, second?.oldLines, second?.newStart, second?.newLines], [3, 6, 3, 5]);
    assert.deepEqual([third?.oldStart, third?.oldLines, third?.newStart, third?.newLines], [7, 4, 6, 5]);
  });

  it('can be kept one by one', () => {
    const change = stagedChange('a.ts', TEN, edited);
    const [first, second, third] = hunksOf(change).map(hunk => hunk.id);
    const keep = (...ids: (string | undefined)[]) => textOfChange(keepHunks(change, new Set(ids as string[])));
    assert.equal(keep(first), TEN.replace('2\n', 'two\n'));
    assert.equal(keep(second), TEN.replace('5\n', ''));
    assert.equal(keep(first, third), TEN.replace('2\n', 'two\n').replace('9\n', '9\nnine and a half\n'));
    assert.equal(keep(first, second, third), edited);
    assert.equal(keepHunks(change, new Set()), undefined);
    assert.throws(() => keepHunks(change, new Set(['none'])), /no hunk none/);
  });

  it('keep their ids when other hunks are kept or not, also equal ones', () => {
    const change = stagedChange('a.ts', TEN, edited);
    const [first, second, third] = hunksOf(change);
    const kept = keepHunks(change, new Set([second!.id, third!.id]));
    assert.deepEqual(
      hunksOf(kept!).map(hunk => hunk.id),
      [second!.id, third!.id],
    );
    assert.notEqual(first!.id, second!.id);
    const twice = hunksOf(stagedChange('a.ts', 'x\n1\nx\n2\nx\n', 'y\n1\ny\n2\ny\n')).map(hunk => hunk.id);
    assert.equal(new Set(twice).size, 3);
  });

  it('are one for a file that is new, gone or binary', () => {
    for (const change of [
      stagedChange('a.ts', undefined, TEN),
      stagedChange('a.ts', TEN, undefined),
      stagedChange('a.bin', { content: new Uint8Array([0]) }, { content: new Uint8Array([0, 1]) }),
      stagedChange('a.ts', '\ufeffx\n', 'x\n'),
      stagedChange('a.ts', undefined, ''),
    ]) {
      const [only, ...rest] = hunksOf(change);
      assert.deepEqual(rest, []);
      assert.equal(keepHunks(change, new Set([only!.id])), change);
      assert.equal(keepHunks(change, new Set()), undefined);
    }
  });

  it('tell a rename, a change of mode and content apart', () => {
    const change = stagedChange('b.sh', { content: TEN }, { content: edited, isExecutable: true }, 'a.sh');
    const ids = hunksOf(change).map(hunk => hunk.id);
    assert.deepEqual(ids.slice(0, 2), [RENAME_HUNK, MODE_HUNK]);
    const renamed = keepHunks(change, new Set([RENAME_HUNK]));
    assert.deepEqual([renamed?.kind, renamed?.previousPath, textOfChange(renamed)], ['renamed', 'a.sh', TEN]);
    const inPlace = keepHunks(change, new Set(ids.slice(1)));
    assert.deepEqual([inPlace?.kind, inPlace?.path, inPlace?.isExecutable], ['modified', 'a.sh', true]);
    assert.equal(textOfChange(inPlace), edited);
    const mode = keepHunks(change, new Set([MODE_HUNK]));
    assert.deepEqual([mode?.path, mode?.isExecutable, textOfChange(mode)], ['a.sh', true, TEN]);
    const binary = stagedChange(
      'a',
      { content: new Uint8Array([0]) },
      { content: new Uint8Array([1, 0]), isExecutable: true },
    );
    assert.deepEqual(
      hunksOf(binary).map(hunk => hunk.id),
      [MODE_HUNK, CONTENT_HUNK],
    );
    assert.deepEqual([...(keepHunks(binary, new Set([MODE_HUNK]))?.after?.content ?? [])], [0]);
  });

  it('keep line ends and the missing end of a last line', () => {
    const change = stagedChange('a.ts', 'a\r\nb\r\nc', 'A\r\nb\r\nc\r\nd');
    const [first, last] = hunksOf(change).map(hunk => hunk.id);
    assert.equal(textOfChange(keepHunks(change, new Set([first!]))), 'A\r\nb\r\nc');
    assert.equal(textOfChange(keepHunks(change, new Set([last!]))), 'a\r\nb\r\nc\r\nd');
  });

  it('add up to the change, whatever is kept first, for 500 generated changes', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = new SeededRandom(seed);
      const before = randomLines(random, 1 + random.below(40), 60);
      const after = mutateLines(random, before, 1 + random.below(6), 60);
      const text = (lines: readonly string[]) => lines.map(line => `${line}\n`).join('');
      if (text(before) === text(after)) continue;
      const change = stagedChange('a.ts', text(before), text(after));
      const hunks = hunksOf(change);
      const kept = new Set(hunks.filter(() => random.chance(0.5)).map(hunk => hunk.id));
      const half = keepHunks(change, kept);
      const middle = half ? textOfChange(half)! : text(before);
      const count = (side: 'added' | 'deleted') =>
        hunks
          .filter(hunk => kept.has(hunk.id))
          .flatMap(hunk => hunk.lines)
          .filter(line => line.kind === side).length;
      assert.equal(
        middle.split('\n').length - text(before).split('\n').length,
        count('added') - count('deleted'),
        `seed ${seed}`,
      );
      if (middle === text(after)) continue;
      const rest = stagedChange('a.ts', middle, text(after));
      assert.equal(
        textOfChange(keepHunks(rest, new Set(hunksOf(rest).map(hunk => hunk.id)))),
        text(after),
        `seed ${seed}`,
      );
    }
  });
});
