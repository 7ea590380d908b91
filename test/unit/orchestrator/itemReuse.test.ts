import assert from 'node:assert/strict';
import { z } from 'zod';
import type { AgentOutcome } from '../../../src/agents/agent.ts';
import type { RepeatableView } from '../../../src/changes/stagedFiles.ts';
import { StagingOverlay } from '../../../src/changes/staging/stagingOverlay.ts';
import type { FileEdit } from '../../../src/domain/schema/changes.ts';
import { runIdSchema } from '../../../src/domain/schema/ids.ts';
import { asBlobStore } from '../../../src/journal/contentBlobStore.ts';
import { MemoryJournal } from '../../../src/journal/memoryJournal.ts';
import { type ItemConclusion, ItemReuse, type WorkWitness } from '../../../src/orchestrator/itemReuse.ts';
import type { Observer } from '../../../src/orchestrator/observed/observer.ts';
import { asItemId } from '../../support/builders.ts';
import { MemoryWorkspace } from '../../support/memoryWorkspace.ts';
import { recordedRun } from '../../support/recordedRun.ts';

const write = (path: string, content: string): FileEdit => ({ type: 'writeFile', path, content, mustBeNew: false });
const done: AgentOutcome = { kind: 'done', summary: 'I wrote it.' };
const signal = new AbortController().signal;

interface Look {
  readonly view: RepeatableView;
  readonly witness: WorkWitness;
}

/** What is the same in two runs, unless a test says otherwise. */
interface Run {
  readonly work?: (look: Look) => Promise<AgentOutcome>;
  readonly prompt?: string;
  readonly settings?: unknown;
  readonly dependency?: FileEdit;
  /** What the item itself staged when it ran before, in the same run. */
  readonly earlier?: FileEdit;
  readonly itemId?: string;
}

describe('the reuse of items', () => {
  let workspace: MemoryWorkspace;
  let journal: MemoryJournal;
  let blobs: ReturnType<typeof asBlobStore>;
  let forgotten: string[];
  let runs: number;

  beforeEach(() => {
    workspace = new MemoryWorkspace({ 'src/a.ts': 'a\n', 'src/b.ts': 'needle\n', 'docs/x.md': 'x\n' });
    journal = new MemoryJournal({ clock: { now: () => 0 } });
    blobs = asBlobStore(journal.contents);
    forgotten = [];
    runs = 0;
  });

  /** Writes a file from what it read: the usual case. */
  const writes = async ({ view }: Look): Promise<AgentOutcome> => {
    const text = (await view.readText('src/a.ts')) ?? 'nothing';
    await view.apply([write('src/new.ts', `from ${text}`)]);
    return done;
  };

  const openRun = (settings: unknown = 'm') =>
    new ItemReuse({
      runId: runIdSchema.parse(`run_${++runs}`),
      observer: recordedRun().observer,
      store: { memos: journal.memos, answers: { forget: ids => void forgotten.push(...ids) } },
      settings,
    });

  async function conclude(reuse: ItemReuse, run: Run = {}) {
    const { work = writes, prompt = 'p', itemId = 'item', dependency, earlier } = run;
    const staged = new StagingOverlay({ workspace, blobs });
    if (dependency) {
      await (await staged.viewFor('first', [])).apply([dependency]);
      await staged.commit('first');
    }
    if (earlier) {
      await (await staged.viewFor(itemId, [])).apply([earlier]);
      await staged.commit(itemId);
    }
    const view = await staged.viewFor(itemId, dependency ? ['first'] : []);
    const overlay = await staged.treeFor(itemId);
    const opening = [{ role: 'user' as const, content: prompt }];
    const start = { itemId: asItemId(itemId), opening, overlay, view };
    let hasWorked = false;
    const conclusion = await reuse.conclude(
      start,
      witness => {
        hasWorked = true;
        return work({ view, witness });
      },
      { signal },
    );
    const committed = await staged.commit(itemId);
    assert.ok(committed.ok);
    conclusion.keep();
    const changes = await staged.changes();
    const texts = changes.map(({ path, after }) => [path, after && Buffer.from(after.content).toString()]);
    assert.equal(conclusion.reused === undefined, hasWorked);
    return { conclusion, texts: Object.fromEntries(texts) as Record<string, string | undefined>, committed };
  }

  const isReused = ({ conclusion }: { conclusion: ItemConclusion }) => conclusion.reused !== undefined;

  /** Two runs of the same, with `change` in between. */
  async function again(first: Run, change: () => void = () => undefined, second: Run = first) {
    await conclude(openRun(first.settings), first);
    change();
    return conclude(openRun(second.settings), second);
  }

  it('takes over what an earlier run made of the same: its words and its files', async () => {
    const first = await conclude(openRun());
    const second = await conclude(openRun());
    assert.equal(second.conclusion.reused?.sourceRunId, 'run_1');
    assert.deepEqual(second.conclusion.outcome, done);
    assert.deepEqual(second.texts, { 'src/new.ts': 'from a\n' });
    assert.deepEqual(second.texts, first.texts);
    assert.deepEqual(second.committed, first.committed);
    assert.equal((await conclude(openRun())).conclusion.reused?.sourceRunId, 'run_1', 'and again');
  });

  it('takes over a report of an item that changes nothing', async () => {
    const work = async () => done;
    const second = await again({ work });
    assert.ok(isReused(second));
    assert.deepEqual(second.texts, {});
  });

  it('works it out where anything that it begins with is another', async () => {
    const dependency = write('src/dep.ts', '1\n');
    const others: Run[] = [
      { prompt: 'q' },
      { settings: 'n' },
      { itemId: 'other' },
      { dependency },
      { earlier: write('src/new.ts', 'before\n') },
    ];
    for (const other of others) {
      await conclude(openRun());
      assert.equal(isReused(await conclude(openRun(other.settings), other)), false, JSON.stringify(other));
    }
    await conclude(openRun(), { dependency });
    assert.ok(isReused(await conclude(openRun(), { dependency })));
    const changed = { dependency: write('src/dep.ts', '2\n') };
    assert.equal(isReused(await conclude(openRun(), changed)), false, 'a dependency with another result');
  });

  const looks: Record<string, (look: Look) => Promise<unknown>> = {
    'a file': ({ view }) => view.read('src/b.ts'),
    'a file that was not there': ({ view }) => view.read('src/none.ts'),
    'a folder': ({ view }) => view.list('src'),
    'a folder that was not there': ({ view }) => view.list('lib'),
    'a search': ({ view }) => view.search('needle', { directory: 'src' }),
    'a search of everything': ({ view }) => view.search('needle'),
    'a search with an expression': ({ view }) => view.search(/needle/),
    'an edit': ({ view }) => view.apply([write('src/b.ts', 'mine\n')]),
    'an edit that fails': ({ view }) =>
      view.apply([{ type: 'replaceBlocks', path: 'src/b.ts', blocks: [{ search: 'zzz\n', replace: '' }] }]),
    'a search after an edit': async ({ view }) => {
      await view.apply([write('src/own.ts', 'needle\n')]);
      await view.search('needle', { directory: 'src' });
    },
    'something that is run': ({ witness }) => witness.runsOnTree(),
  };
  const changes: Record<string, { readonly change: () => void; readonly touches: readonly string[] }> = {
    'a file is changed': {
      change: () => workspace.set('src/b.ts', 'needle, sharper\n'),
      touches: [
        'a file',
        'a search',
        'a search of everything',
        'a search with an expression',
        'an edit',
        'an edit that fails',
        'a search after an edit',
        'something that is run',
      ],
    },
    'a file is made executable': {
      change: () => workspace.set('src/b.ts', 'needle\n', true),
      touches: [
        'a file',
        'a search with an expression',
        'an edit',
        'an edit that fails',
        'a search after an edit',
        'something that is run',
      ],
    },
    'a file is deleted': {
      change: () => workspace.remove('src/b.ts'),
      touches: [
        'a file',
        'a folder',
        'a search',
        'a search of everything',
        'a search with an expression',
        'an edit',
        'an edit that fails',
        'a search after an edit',
        'something that is run',
      ],
    },
    'a file is added where nothing of the kind is looked for': {
      change: () => workspace.set('src/c.ts', 'hay\n'),
      touches: ['a folder', 'a search with an expression', 'a search after an edit', 'something that is run'],
    },
    'a file is added that a search finds': {
      change: () => workspace.set('docs/y.md', 'needle\n'),
      touches: [
        'a search of everything',
        'a search with an expression',
        'a search after an edit',
        'something that is run',
      ],
    },
    'the file appears that was missed': {
      change: () => workspace.set('src/none.ts', 'here\n'),
      touches: [
        'a file that was not there',
        'a folder',
        'a search with an expression',
        'a search after an edit',
        'something that is run',
      ],
    },
    'the folder appears that was missed': {
      change: () => workspace.set('lib/l.ts', 'here\n'),
      touches: [
        'a folder that was not there',
        'a search with an expression',
        'a search after an edit',
        'something that is run',
      ],
    },
  };
  for (const [name, { change, touches }] of Object.entries(changes)) {
    for (const [look, perform] of Object.entries(looks)) {
      const isTouched = touches.includes(look);
      it(`${isTouched ? 'works it out' : 'takes it over'} when ${name} and it rests on ${look}`, async () => {
        const work = async (at: Look) => {
          await perform(at);
          return done;
        };
        assert.equal(isReused(await again({ work }, change)), !isTouched);
      });
    }
  }

  it('looks at what comes back in the end, so that a change that was taken back does no harm', async () => {
    const reused = await again({}, () => {
      workspace.set('src/a.ts', 'other\n');
      workspace.set('src/a.ts', 'a\n');
    });
    assert.ok(isReused(reused));
  });

  it('keeps the results of more than one state of the tree, as of two branches', async () => {
    await conclude(openRun());
    workspace.set('src/a.ts', 'of the branch\n');
    assert.equal(isReused(await conclude(openRun())), false);
    assert.deepEqual((await conclude(openRun())).texts, { 'src/new.ts': 'from of the branch\n' });
    workspace.set('src/a.ts', 'a\n');
    const back = await conclude(openRun());
    assert.ok(isReused(back));
    assert.deepEqual(back.texts, { 'src/new.ts': 'from a\n' });
  });

  it('keeps nothing of an item that failed, asked the human, or met what may not come again', async () => {
    const works: Run['work'][] = [
      async () => ({ kind: 'failed', reason: 'no' }),
      async ({ witness }) => {
        witness.cannotRepeat();
        return done;
      },
    ];
    for (const work of works) assert.equal(isReused(await again({ ...(work && { work }) })), false);
  });

  it('keeps nothing of work under which the tree changed', async () => {
    const works: Run['work'][] = [
      async ({ view }) => {
        await view.read('src/a.ts');
        workspace.set('src/a.ts', 'changed meanwhile\n');
        await view.read('src/a.ts');
        workspace.set('src/a.ts', 'a\n');
        return done;
      },
      async ({ witness }) => {
        await witness.runsOnTree();
        workspace.set('src/b.ts', `${Math.random()}\n`);
        return done;
      },
    ];
    for (const work of works) assert.equal(isReused(await again({ ...(work && { work }) })), false);
  });

  it('works it out where content is no longer kept, or the memo is of another form', async () => {
    await conclude(openRun());
    blobs = asBlobStore(new MemoryJournal({ clock: { now: () => 0 } }).contents);
    assert.equal(isReused(await conclude(openRun())), false, 'no content');
    const { reused } = (await conclude(openRun())).conclusion;
    assert.ok(reused);
    journal.memos.put(`item/${reused.key}`, '[{"summary":"from the future"}]');
    assert.equal(isReused(await conclude(openRun())), false, 'another form');
  });

  it('gives one run a result once: who begins in the same way again was not helped by it', async () => {
    await conclude(openRun());
    const run = openRun();
    assert.ok(isReused(await conclude(run)));
    assert.equal(isReused(await conclude(run)), false);
    assert.equal(isReused(await conclude(run)), false);
  });

  it('takes over in a replay what the run found, and keeps nothing', async () => {
    await conclude(openRun());
    const { observer, seen } = recordedRun();
    const store = { memos: journal.memos, answers: { forget: () => undefined } };
    const options = { runId: runIdSchema.parse('run_2'), settings: 'm' };
    const first = await conclude(new ItemReuse({ ...options, observer, store }));
    const [found] = seen();
    assert.deepEqual([found?.what, found?.subject], ['reuse', ['item']]);
    const { value } = z.object({ value: z.unknown() }).parse(found?.kept);
    const told: Observer = {
      observe: async look => look.schema.parse(value),
      turnOf: () => Promise.resolve(),
    };
    workspace.set('docs/x.md', 'changed since\n');
    const replayed = await conclude(new ItemReuse({ ...options, observer: told }));
    assert.deepEqual(replayed.conclusion.reused, first.conclusion.reused);
    assert.deepEqual(replayed.texts, first.texts);
  });

  it('forgets what did not stand the test, taken over or not, and the answers with it', async () => {
    await conclude(openRun());
    const failing = openRun();
    assert.ok(isReused(await conclude(failing)));
    await conclude(failing, { itemId: 'other' });
    failing.forget([asItemId('item')]);
    assert.deepEqual(forgotten, ['item']);
    assert.equal(isReused(await conclude(openRun())), false);
    assert.ok(isReused(await conclude(openRun(), { itemId: 'other' })));
  });
});
