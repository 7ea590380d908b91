import assert from 'node:assert/strict';
import { MemoryJournal } from '../../../src/journal/memoryJournal.ts';
import { journaledAnswers } from '../../../src/orchestrator/journaledAnswers.ts';

describe('answers kept in the journal', () => {
  const journal = new MemoryJournal({ clock: { now: () => 0 } });
  const answers = journaledAnswers(journal);

  it('come back as they were', () => {
    answers.put('key', { text: 'naïve → 😀', finishReason: 'stop' });
    assert.deepEqual(answers.get('key'), { text: 'naïve → 😀', finishReason: 'stop' });
    assert.equal(answers.get('another key'), undefined);
  });

  it('are dropped with the items that they were given or kept for', () => {
    const answer = { text: 'a', finishReason: 'stop' } as const;
    for (const key of ['kept', 'given', 'kept for another']) answers.put(key, answer);
    const run = journaledAnswers(journal);
    run.put('kept', answer, 'item');
    run.get('given', 'item');
    run.put('kept for another', answer, 'other');
    run.forget(['item']);
    assert.deepEqual(
      ['kept', 'given', 'kept for another'].map(key => answers.get(key)),
      [undefined, undefined, answer],
    );
  });

  it('are none where the memo is of another form, or its text is gone', () => {
    for (const memo of ['not JSON', '{}', `{"textHash":"${'0'.repeat(64)}","finishReason":"stop"}`]) {
      journal.memos.put('answer/odd', memo);
      assert.equal(answers.get('odd'), undefined);
    }
  });
});
