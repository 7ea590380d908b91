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

  it('are none where the memo is of another form, or its text is gone', () => {
    for (const memo of ['not JSON', '{}', `{"textHash":"${'0'.repeat(64)}","finishReason":"stop"}`]) {
      journal.memos.put('answer/odd', memo);
      assert.equal(answers.get('odd'), undefined);
    }
  });
});
