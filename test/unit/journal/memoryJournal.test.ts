import { MemoryJournal } from '../../../src/journal/memoryJournal.ts';
import { describeJournal } from '../../support/journalContract.ts';

describe('the journal in memory', () => {
  describeJournal(({ clock }) => new MemoryJournal({ clock }));
});
