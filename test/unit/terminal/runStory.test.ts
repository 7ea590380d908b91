import assert from 'node:assert/strict';
import { hashContent } from '../../../src/journal/contentHash.ts';
import { noColours } from '../../../src/terminal/palette.ts';
import { findRun, historyLines } from '../../../src/terminal/runHistory.ts';
import { runStory } from '../../../src/terminal/runStory.ts';
import { asItemId, buildEvents } from '../../support/builders.ts';
import { asRunId } from '../../support/journalEvents.ts';
import { endPayloads, planPayloads, workPayloads } from '../../support/sampleRun.ts';

const contents = new Map(
  ['prompt of exchange_1', 'answer of exchange_1', 'observation'].map(text => [hashContent(text), text]),
);

function story(isFull = false, payloads = [...planPayloads, ...workPayloads, ...endPayloads]): string {
  const readText = (hash: string) => contents.get(hash);
  return runStory(buildEvents(payloads), { palette: noColours, isFull, readText }).join('\n');
}

describe('runStory', () => {
  it('tells the plan, each exchange, action, test run, the score and the cost', () => {
    const text = story();
    const expected = [
      /^Add a function that calculates .+\nRun run_test · /,
      /\n {4}\+2\.0 s {2}planner ollama\/qwen2\.5-coder:7b {2}1\.2k in · 300 out · 2\.1 s · \$0\.0012\n/,
      /\n {4}\+3\.0 s {2}Plan: Fibonacci with tests\n {14}analyse /,
      /The plan was approved\.\n/,
      /implement: edit src\/fibonacci\.js\n/,
      /coder ollama\/qwen2\.5-coder:7b for implement {2}/,
      /implement: → 1 file staged\n/,
      /Tests \(final, in the process sandbox\): 5 passed, 0 failed \(1\.2 s\)\n/,
      /Quality 0\.92 .+: passed\n/,
      /\napplied: The changes were applied\.\n/,
      /\nUsage {5}2 calls · 2\.4k tokens in · 600 out · \$0\.0024 · latency 2\.1 s\n/,
      /\nRoles\n {2}planner {2}1 call · .+\n {2}coder {4}1 call · /,
      /\nItems\n {2}implement {2}1 call · 1\.2k tokens in · 300 out · \$0\.0012 · latency 2\.1 s$/,
    ];
    for (const part of expected) assert.match(text, part);
    assert.doesNotMatch(text, /prompt of exchange_1/);
  });

  it('tells when the files of a reply began to arrive, and what could be seen to be wrong then', () => {
    const step = { itemId: asItemId('implement'), sessionId: 's' };
    const text = story(false, [
      ...planPayloads,
      { type: 'edit.begun', ...step, path: 'src/a.js', number: 1 },
      { type: 'edit.unusable', ...step, reason: 'A path is absolute: /b.js' },
    ]);
    assert.match(text, /\n {4}\+4\.0 s {4}implement: begins src\/a\.js\n/);
    assert.match(
      text,
      /\n {4}\+5\.0 s {2}! implement: the edits of its reply will be refused\. A path is absolute: \/b\.js\n/,
    );
  });

  it('adds every message when told everything, and says what is no longer kept', () => {
    const text = story(true);
    assert.match(text, /┌ user\n\s+│ prompt of exchange_1\n\s+┌ answer\n\s+│ answer of exchange_1\n/);
    assert.match(text, /┌ observation\n\s+│ observation\n/);
    assert.match(text, /┌ answer\n\s+│ \(no longer kept\)\n/);
  });

  it('tells what was done to an answer before it could be used', () => {
    const read = { type: 'model.read', exchangeId: 'exchange_1' } as const;
    const text = story(false, [
      ...planPayloads,
      { ...read, role: 'planner', repairs: ['surroundingTextRemoved', 'endClosed'], problems: [] },
      { ...read, role: 'judge', repairs: [], problems: ['completeness: expected number'] },
    ]);
    assert.match(text, /\n.+ the answer was read with text around it left out, its end closed\n/);
    assert.match(text, /\n.+ The judge's answer was sent back \(completeness: expected number\)\.\n/);
  });

  it('counts the time of what was under way when a run broke off until its last event', () => {
    assert.match(story(false, [...planPayloads, ...workPayloads.slice(0, 3)]), /\n● analyse .+ {2}\d+(\.\d)? m?s {2}/);
  });

  it('says so when a run has not ended, and nothing of a run without events', () => {
    assert.match(story(false, [...planPayloads]), /\nIt has not ended, or was broken off\.\n/);
    assert.deepEqual(runStory([], { palette: noColours, isFull: false, readText: () => undefined }), []);
  });
});

describe('historyLines', () => {
  it('is a table, with what the titles hold made safe', () => {
    const startedAt = new Date(2026, 10, 21, 14, 5, 9).getTime();
    const lines = historyLines(
      [
        { runId: asRunId('run_b'), title: 'second\u001b[2J', startedAt, events: 3 },
        {
          runId: asRunId('run_a'),
          title: 'first',
          startedAt,
          endedAt: startedAt + 2100,
          outcome: 'applied',
          events: 9,
        },
      ],
      noColours,
    );
    assert.deepEqual(lines, [
      'RUN    STARTED               TOOK  OUTCOME    REQUEST',
      'run_b  2026-11-21 14:05:09         not ended  second␛[2J',
      'run_a  2026-11-21 14:05:09  2.1 s  applied    first',
    ]);
  });
});

describe('findRun', () => {
  const runs = ['run_abc', 'run_abd', 'run_ab', 'run_x'].map(id => ({
    runId: asRunId(id),
    title: '',
    startedAt: 0,
    events: 1,
  }));

  it('takes the whole id, or a beginning that fits one run', () => {
    assert.deepEqual(
      ['run_abc', 'run_ab', 'run_x', 'x', 'abd'].map(name => findRun(runs, name)),
      ['run_abc', 'run_ab', 'run_x', 'run_x', 'run_abd'],
    );
  });

  it('says which ones fit when there are several, and that there is none', () => {
    assert.throws(() => findRun(runs, 'ab'), /"ab" is the beginning of 3 runs \(run_abc, run_abd, run_ab\); give more/);
    assert.throws(() => findRun(runs, 'zzz'), /There is no run "zzz" in this workspace/);
  });
});
