import { silentLogger } from '../../src/base/logger.ts';
import type { StagedChange, TreeOverlay } from '../../src/changes/stagedFiles.ts';
import type { ChangeCoverage } from '../../src/domain/schema/coverage.ts';
import type { TestScope } from '../../src/domain/schema/events.ts';
import { type RunId, runIdSchema } from '../../src/domain/schema/ids.ts';
import type { Plan } from '../../src/domain/schema/plan.ts';
import type { TestReport } from '../../src/domain/schema/testReport.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { MemoryJournal } from '../../src/journal/memoryJournal.ts';
import { JournaledRun } from '../../src/orchestrator/journaledRun.ts';
import { Review } from '../../src/orchestrator/review/review.ts';
import type { ReviewedProject } from '../../src/orchestrator/review/reviewReasons.ts';
import { overlayOf, withoutContent } from '../../src/orchestrator/review/stagedContents.ts';
import { treeHash } from '../../src/orchestrator/treeHash.ts';
import { buildItem, buildPlan } from './builders.ts';
import { startedPayload } from './journalEvents.ts';
import { sampleScore } from './sampleRun.ts';
import { VirtualClock } from './virtualClock.ts';

/** A report of tests that ran; `failures` are the names of those that failed. */
export function testReport(failures: readonly string[] = [], passed = 3): TestReport {
  return {
    outcome: failures.length === 0 ? 'passed' : 'failed',
    isParsed: true,
    passed,
    failed: failures.length,
    skipped: 0,
    failures: failures.map(name => ({ name, message: 'it differs' })),
    durationMs: 5,
    outputTail: '',
  };
}

export interface ReviewFixtureOptions {
  readonly plan?: Plan;
  /** What the tests say of a tree. */
  readonly test?: (overlay: TreeOverlay) => TestReport | string;
  readonly journal?: Journal;
  /** What they left out of the whole. */
  readonly coverage?: readonly ChangeCoverage[];
}

/** A run that has come to its review, with these changes staged; the tests are a function. */
export class ReviewFixture {
  readonly journal: Journal;
  readonly run: JournaledRun;
  readonly review: Review;
  /** The text files of the workspace. */
  readonly files = new Map<string, string>();
  readonly project: ReviewedProject = {
    paths: () => Promise.resolve([...this.files.keys()]),
    readText: path => Promise.resolve(this.files.get(path)),
  };
  /** Of the workspace as it is. */
  workspaceHash = 'as it was';
  /** How often the tests ran on a selection. */
  testRuns = 0;
  readonly #test: (overlay: TreeOverlay) => TestReport | string;
  readonly #coverage: readonly ChangeCoverage[] | undefined;
  #ids = 0;

  constructor(changes: readonly StagedChange[], options: ReviewFixtureOptions = {}) {
    this.journal = options.journal ?? new MemoryJournal({ clock: { now: () => 0 } });
    this.run = new JournaledRun(this.journal, ReviewFixture.runId, silentLogger);
    this.#coverage = options.coverage;
    this.#test = options.test ?? (() => testReport());
    const items = changes.map(({ path }) => buildItem(path, { filePath: path }));
    const plan = options.plan ?? buildPlan(items.length === 0 ? [buildItem('nothing')] : items);
    this.run.append(startedPayload('Do it'));
    this.run.append({ type: 'plan.proposed', plan });
    this.run.append({ type: 'plan.approved', by: 'human' });
    this.stage(changes);
    this.review = this.reviewOf(this.run);
  }

  static readonly runId: RunId = runIdSchema.parse('run_test');

  /** What the agents left, tested as a whole. */
  stage(changes: readonly StagedChange[]): void {
    for (const { before, after } of changes)
      for (const version of [before, after]) if (version) this.run.contents.put(version.content);
    const overlay = overlayOf(changes);
    const hash = treeHash(overlay);
    const report = this.#test(overlay);
    const coverage = this.#coverage && { coverage: [...this.#coverage] };
    if (typeof report !== 'string')
      this.run.append({
        type: 'tests.finished',
        scope: 'final',
        treeHash: hash,
        tier: 'process',
        report,
        workspaceHash: this.workspaceHash,
        ...coverage,
      });
    this.run.append({ type: 'result.staged', treeHash: hash, changes: changes.map(withoutContent) });
    this.run.append({ type: 'quality.scored', iteration: this.run.state.iteration, score: sampleScore });
    this.run.append({ type: 'review.opened' });
  }

  /** The same review, read back from the journal. */
  reopened(): Review {
    return this.reviewOf(JournaledRun.reopen(this.journal, ReviewFixture.runId, silentLogger));
  }

  reviewOf(run: JournaledRun): Review {
    const runTests = (scope: TestScope, overlay: TreeOverlay) => {
      this.testRuns++;
      const tested = this.#test(overlay);
      const hash = treeHash(overlay);
      if (typeof tested === 'string') return Promise.resolve({ treeHash: hash, tests: { unproven: tested } });
      const { workspaceHash } = this;
      run.append({ type: 'tests.finished', scope, treeHash: hash, tier: 'process', report: tested, workspaceHash });
      return Promise.resolve({ treeHash: hash, tests: tested });
    };
    return new Review({
      run,
      proof: { runTests },
      ids: prefix => `${prefix}_${++this.#ids}`,
      clock: new VirtualClock(),
      project: this.project,
      workspaceHash: () => Promise.resolve(this.workspaceHash),
    });
  }
}
