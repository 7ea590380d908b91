import type { Agent } from '../agents/agent.ts';
import type { Clock, IdSource } from '../base/clock.ts';
import { AbortError, PlanningError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { FileVersion, StagedChange, StagedFiles } from '../changes/stagedFiles.ts';
import { planProblems } from '../domain/planGraph.ts';
import { unfinishedItems } from '../domain/runCounts.ts';
import type { RunOutcome } from '../domain/schema/events.ts';
import type { Plan, WorkItem } from '../domain/schema/plan.ts';
import type { QualityScore } from '../domain/schema/quality.ts';
import type { TestReport } from '../domain/schema/testReport.ts';
import type { ModelClient } from '../models/modelClient.ts';
import type { ContextCollector, Planner, ProjectContext } from '../planning/planner.ts';
import type { QualityGate } from '../quality/qualityGate.ts';
import type { WorkQueue } from '../scheduling/workQueue.ts';
import type { ChangeSink } from './changeSink.ts';
import { evaluate } from './evaluation.ts';
import type { HumanChannel } from './humanChannel.ts';
import type { ItemReuse } from './itemReuse.ts';
import { ItemRunner } from './itemRunner.ts';
import type { JournaledRun } from './journaledRun.ts';
import type { WorkspaceHash } from './observed/observedWorkspace.ts';
import type { Proof } from './proof.ts';
import { qualityMessage } from './qualityMessage.ts';
import { Questions } from './questions.ts';
import { type AcceptSetback, acceptReview, type CommitItems } from './review/acceptReview.ts';
import { carryEdits } from './review/carryEdits.ts';
import { Review } from './review/review.ts';
import type { ReviewedProject } from './review/reviewReasons.ts';
import { layersToRestore } from './review/stagedContents.ts';
import type { RunFollowers } from './runFollowers.ts';
import { WorkerPool } from './workerPool.ts';

export interface RunParts {
  readonly run: JournaledRun;
  readonly model: ModelClient;
  readonly contextCollector: ContextCollector;
  readonly planner: Planner;
  readonly agentFor: (item: WorkItem) => Promise<Agent>;
  readonly followers: RunFollowers;
  readonly staged: StagedFiles;
  /** Results of earlier runs; without it every item is worked out. */
  readonly reuse?: ItemReuse;
  readonly proof: Proof;
  readonly gate: QualityGate;
  readonly queue: WorkQueue;
  readonly human: HumanChannel;
  readonly sink: ChangeSink;
  /** SHA-256 of a workspace file as it is now on the disk, or `''` when there is none; asked on behalf of an item. */
  readonly currentHash: (path: string, itemId: string) => Promise<string>;
  readonly project: ReviewedProject;
  readonly workspaceHash: WorkspaceHash;
  /** A workspace file as it is now on the disk. Throws `ValidationError` for a path that may not be written. */
  readonly currentVersion: (path: string) => Promise<FileVersion | undefined>;
  /** Puts what was accepted on a branch; absent where the user wants none. */
  readonly commitItems?: CommitItems;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

export interface RunSettings {
  readonly request: string;
  readonly workers: number;
  readonly maxIterations: number;
  readonly contextTokens: number;
  readonly stopAfterPlan: boolean;
}

/** A plan that is carried out, and by whom. */
interface Work {
  readonly plan: Plan;
  readonly pool: WorkerPool;
  /** The project's tests before the run, where they could be run. */
  readonly baseline: TestReport | undefined;
}

interface Evaluation {
  readonly score: QualityScore;
  readonly changes: readonly StagedChange[];
}

/** How a run ended, when no error ended it. */
export interface RunEnding {
  readonly outcome: RunOutcome;
  readonly message: string;
}

/**
 * The path of one request: context, plan, approval, work, proof, review, acceptance. It keeps nothing that is not in
 * the journal; aborting `abort` ends it with an `AbortError` wherever it is, once everything under way has ended.
 */
export class RunCourse {
  readonly #parts: RunParts;
  readonly #settings: RunSettings;
  readonly #abort: AbortController;
  readonly #questions: Questions;
  readonly #review: Review;

  constructor(parts: RunParts, settings: RunSettings, abort: AbortController) {
    this.#parts = parts;
    this.#settings = settings;
    this.#abort = abort;
    this.#questions = new Questions(parts.run, parts.human, abort.signal);
    this.#review = new Review(parts);
  }

  /** From the request on, or, with a run that has staged a result already, from there. */
  async follow(): Promise<RunEnding> {
    const { run, reuse } = this.#parts;
    const context = await this.#collectContext();
    if (run.state.staged) return this.#goOn(context);
    const proposed = await this.#plan(context);
    if (this.#settings.stopAfterPlan) {
      return { outcome: 'planned', message: `The plan has ${proposed.items.length} items.` };
    }
    const plan = await this.#approve(proposed);
    if (!plan) return { outcome: 'cancelled', message: 'The plan was not approved; nothing was done.' };
    const work = await this.#begin(plan, context);
    const { score, changes } = await this.#iterate(work, await this.#evaluate(work));
    if (!score.passed) reuse?.forget(score.itemsAtFault);
    await run.sync();
    if (!score.passed) return { outcome: 'qualityNotReached', message: qualityMessage(score, run.state.threshold) };
    if (changes.length === 0) return { outcome: 'applied', message: 'The run passed and has nothing to change.' };
    return this.#decide(work, score);
  }

  /** Does again what was sent back, or was being done when the run was cut short; all that is finished stays. */
  async #goOn(context: ProjectContext): Promise<RunEnding> {
    const { run, staged, queue } = this.#parts;
    const { plan, feedback } = run.state;
    if (!plan) throw new Error('A run cannot have staged a result without a plan.');
    await staged.restore(layersToRestore(run.state));
    const wasCutShort = this.#review.isUnfinished;
    this.#review.requestChanges();
    queue.rerun(unfinishedItems(run.state), run.state.iteration + 1, wasCutShort ? feedback : []);
    const work = await this.#begin(plan, context);
    return this.#decide(work, await this.#judgeAgain(work));
  }

  async #collectContext(): Promise<ProjectContext> {
    const { contextCollector, run } = this.#parts;
    const { request, contextTokens } = this.#settings;
    const options = { tokenBudget: contextTokens, signal: this.#abort.signal };
    const context = await contextCollector.collect(request, options);
    run.append({
      type: 'context.collected',
      summary: summarizeContext(context),
      files: context.relevantFiles.map(file => file.path),
    });
    return context;
  }

  async #plan(context: ProjectContext): Promise<Plan> {
    const { planner, run } = this.#parts;
    const plan = await planner.plan(this.#settings.request, context, {
      signal: this.#abort.signal,
      ask: question => this.#questions.ask({ kind: 'planner' }, question),
      onRejected: (attempt, problems) => void run.append({ type: 'plan.rejected', attempt, problems: [...problems] }),
    });
    run.append({ type: 'plan.proposed', plan });
    return plan;
  }

  /** The plan as the human wants it; undefined when it is turned down. */
  async #approve(proposed: Plan): Promise<Plan | undefined> {
    const { human, run } = this.#parts;
    const decision = await human.approvePlan(proposed, { signal: this.#abort.signal });
    if (decision.kind === 'cancel') return undefined;
    const problems = planProblems(decision.plan);
    if (problems.length > 0) throw new PlanningError(`The edited plan cannot be run. ${problems.join(' ')}`);
    if (decision.plan !== proposed) run.append({ type: 'plan.edited', plan: decision.plan });
    run.append({ type: 'plan.approved', by: decision.by });
    return decision.plan;
  }

  /** Runs the plan once, and the project's tests as they were before it. */
  async #begin(plan: Plan, context: ProjectContext): Promise<Work> {
    const { proof } = this.#parts;
    const { signal } = this.#abort;
    const pool = this.#pool(plan, context);
    // Both have ended, well or not, before anything else happens: a run leaves nothing running behind.
    const [work, before] = await Promise.allSettled([pool.workOff(), proof.runBaseline({ signal })]);
    if (work.status === 'rejected') throw work.reason;
    if (before.status === 'rejected') throw before.reason;
    return { plan, pool, baseline: before.value };
  }

  /** Runs the items at fault again, until the score passes or the iterations are used up. */
  async #iterate(work: Work, first: Evaluation): Promise<Evaluation> {
    const { run, queue } = this.#parts;
    let result = first;
    for (let iteration = 0; !result.score.passed && iteration < this.#settings.maxIterations; iteration++) {
      queue.rerun(result.score.itemsAtFault, run.state.iteration + 1, result.score.feedback);
      await work.pool.workOff();
      result = await this.#evaluate(work);
    }
    return result;
  }

  #evaluate({ plan, baseline }: Work): Promise<Evaluation> {
    const parts = { ...this.#parts, plan, request: this.#settings.request, baseline };
    return evaluate(parts, { signal: this.#abort.signal });
  }

  #pool(plan: Plan, context: ProjectContext): WorkerPool {
    const { run, clock, queue } = this.#parts;
    const { signal } = this.#abort;
    const { request, workers } = this.#settings;
    const runner = new ItemRunner({
      ...this.#parts,
      questions: this.#questions,
      queue,
      plan,
      request,
      context,
      signal,
    });
    return new WorkerPool({
      clock,
      queue,
      log: run,
      workerIds: Array.from({ length: workers }, (_, index) => `worker-${index + 1}`),
      capabilities: ['analyzer', 'coder', 'sdet'],
      runOrder: (claim, pause) => runner.run(claim, pause),
      signal,
      abandon: () => this.#abort.abort(new AbortError('The run was abandoned after an error.')),
    });
  }

  /**
   * Puts the result before the human until it is applied or refused. Items that are sent back with comments run again;
   * what they make of it comes back whatever its score, for the human to judge.
   */
  async #decide(work: Work, firstScore: QualityScore): Promise<RunEnding> {
    const { run, human } = this.#parts;
    const { signal } = this.#abort;
    const review = this.#review;
    let score = firstScore;
    for (let setback: AcceptSetback | undefined; ; ) {
      run.append({ type: 'review.opened' });
      const decision = await human.review({ score, review, ...(setback && { setback }) }, { signal });
      signal.throwIfAborted();
      setback = undefined;
      if (decision.kind === 'refuse') {
        run.append({ type: 'review.decided', decision: 'refuse', paths: [] });
        return { outcome: 'refused', message: 'You refused the changes; your files are as they were.' };
      }
      if (decision.kind === 'leave') return this.#leave(score);
      if (decision.kind === 'requestChanges') {
        if (review.requestChanges().length > 0) score = await this.#sendBack(work);
        else setback = { kind: 'noComments', message: 'There is no comment yet that says what is to be changed.' };
        continue;
      }
      const { despiteProof = false } = decision;
      const outcome = await acceptReview({ ...this.#parts, review }, { signal, despiteProof });
      if (outcome.kind !== 'applied') setback = outcome;
      else return { outcome: 'applied', message: `${files(outcome.changes.length)} changed.` };
    }
  }

  #leave(score: QualityScore): RunEnding {
    const { threshold, staged } = this.#parts.run.state;
    if (!score.passed) return { outcome: 'qualityNotReached', message: qualityMessage(score, threshold) };
    return { outcome: 'staged', message: `${files(staged?.changes.length ?? 0)} to review; nothing was applied yet.` };
  }

  /** Has the items carried out again that comments were sent to, and what depends on them; returns the new score. */
  async #sendBack(work: Work): Promise<QualityScore> {
    const { run, queue } = this.#parts;
    queue.rerun(unfinishedItems(run.state), run.state.iteration + 1, []);
    await work.pool.workOff();
    return this.#judgeAgain(work);
  }

  /** What the items made of the comments, with what the human had written into the result before. */
  async #judgeAgain(work: Work): Promise<QualityScore> {
    const { run } = this.#parts;
    const { score } = await this.#iterate(work, await this.#evaluate(work));
    carryEdits(run);
    await run.sync();
    return score;
  }
}

/** What is known of the project, in a line: `typescript, Vitest, tests by npm test. Tests lie in test.` */
function summarizeContext({ languages, frameworks, testCommand, conventions }: ProjectContext): string {
  const tools = [
    ...languages,
    ...frameworks,
    testCommand === undefined ? 'no test command' : `tests by ${testCommand}`,
  ];
  return [`${tools.join(', ')}.`, ...conventions].join(' ');
}

function files(count: number): string {
  return `${count} ${count === 1 ? 'file' : 'files'}`;
}
