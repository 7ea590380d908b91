import assert from 'node:assert/strict';
import { listFolder, readFile, searchFiles } from '../../../src/agents/lookActions.ts';
import { MemoryStagedView } from '../../support/memoryStagedView.ts';

const lines = Array.from({ length: 100 }, (_, index) => `line ${index + 1}\n`).join('');
const view = new MemoryStagedView({ 'src/a.txt': lines, 'src/empty.txt': '', 'src/b/c.txt': 'x' });
const signal = new AbortController().signal;

describe('what agents see when they look', () => {
  it('is a part of a long file, with the block that reads on', async () => {
    const { ok, text } = await readFile(view, 'src/a.txt', undefined, 40);
    assert.ok(ok);
    assert.match(text, /src\/a\.txt, lines 1-5 of 100\]\nline 1\n/);
    assert.match(text, /There is more: <read path="src\/a\.txt" lines="6-100"\/>$/);
  });

  it('says when a file is empty or shorter than was thought', async () => {
    assert.equal((await readFile(view, 'src/empty.txt', undefined, 40)).text, 'src/empty.txt is empty.');
    const beyond = await readFile(view, 'src/a.txt', { start: 500 }, 40);
    assert.deepEqual([beyond.ok, beyond.text], [false, 'src/a.txt has only 100 lines.']);
  });

  it('lists folders with their folders marked, and a bounded number of entries', async () => {
    assert.match((await listFolder(view, 'src')).text, /entries of src\]\na\.txt\nb\/\nempty\.txt\n\[end/);
    const none = await listFolder(view, 'lib');
    assert.deepEqual([none.ok, none.text], [false, 'There is no folder lib.']);
    assert.equal((await listFolder(new MemoryStagedView(), '')).text, 'the project is empty.');
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, '']));
    assert.match((await listFolder(new MemoryStagedView(many), '')).text, /\n300 more are not shown\.$/);
  });

  it('is a bounded number of matches', async () => {
    const { text, summary } = await searchFiles(view, 'line', undefined, { limit: 10_000, signal });
    assert.equal(summary, '60 or more matches');
    assert.match(text, /src\/a\.txt:60: line 60\n\[end .*\]\nThere are more matches/);
    const one = await searchFiles(view, 'line 77', 'src', { limit: 10_000, signal });
    assert.match(one.text, /^\[data .*: matches of "line 77" in src\]\nsrc\/a\.txt:77: line 77\n\[end \w+\]$/);
    const none = await searchFiles(view, 'li.*e', undefined, { limit: 10_000, signal });
    assert.match(none.text, /plain text, not for patterns/);
  });
});
