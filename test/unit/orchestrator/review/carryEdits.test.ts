import assert from 'node:assert/strict';
import { carryEdits } from '../../../../src/orchestrator/review/carryEdits.ts';
import { stagedText } from '../../../../src/orchestrator/review/reviewFile.ts';
import { ReviewFixture } from '../../../support/reviewFixture.ts';
import { stagedChange } from '../../../support/stagedChange.ts';

const text = (...lines: string[]) => `${lines.join('\n')}\n`;

describe('what the human wrote, when the agents come with a new version', () => {
  const first = stagedChange('a.ts', undefined, text('one', 'two', 'three', 'four', 'five'));
  const textNow = (fixture: ReviewFixture) => {
    const [file] = fixture.review.files;
    assert.ok(file);
    return stagedText(file);
  };

  it('is brought over to it', () => {
    const fixture = new ReviewFixture([first]);
    fixture.review.edit('a.ts', text('mine', 'two', 'three', 'four', 'five'));
    fixture.stage([stagedChange('a.ts', undefined, text('one', 'two', 'three', 'four', 'theirs'))]);
    carryEdits(fixture.run);
    assert.equal(textNow(fixture), text('mine', 'two', 'three', 'four', 'theirs'));
    assert.ok(fixture.review.files[0]?.isEdited);
  });

  it('stands between markers where both changed the same lines', () => {
    const fixture = new ReviewFixture([first]);
    fixture.review.edit('a.ts', text('mine', 'two', 'three', 'four', 'five'));
    fixture.stage([stagedChange('a.ts', undefined, text('theirs', 'two', 'three', 'four', 'five'))]);
    carryEdits(fixture.run);
    assert.match(
      textNow(fixture) ?? '',
      /^<<<<<<< new from Trellis\ntheirs\n[^]*=======\nmine\n>>>>>>> written by you\n/,
    );
    assert.equal(fixture.review.files[0]?.conflicts, 1);
  });
});
