import type { Agent, AgentBrief, AgentOutcome } from '../agents/agent.ts';
import { AbortError, errorMessage, ModelError, StorageError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { MergeConflict, RepeatableView, StagedView } from '../changes/stagedFiles.ts';
import { ancestors } from '../domain/planGraph.ts';
import type { Plan, WorkItem } from '../domain/schema/plan.ts';
import type { ReviewComment } from '../domain/schema/review.ts';
import type { ProjectContext } from '../planning/planner.ts';
import type { Claim, WorkQueue } from '../scheduling/workQueue.ts';
import { findViolations } from '../world/worldModel.ts';
import { type ItemConclusion, type ItemReuse, unwatched, type WorkWitness } from './itemReuse.ts';
import { type ItemServicesParts, itemServices } from './itemServices.ts';
import type { RunFollowers } from './runFollowers.ts';
import type { Pause } from './workerPool.ts';

export interface ItemRunnerParts extends ItemServicesParts {
  readonly queue: WorkQueue;
  readonly agentFor: (item: WorkItem) => Promise<Agent>;
  readonly followers: RunFollowers;
  /** Results of earlier runs; without it every item is worked out. */
  readonly reuse?: ItemReuse;
  readonly plan: Plan;
  readonly request: string;
  readonly context: ProjectContext;
  /** SHA-256 of a workspace file as it is now on the disk, or `''` when there is none; asked on behalf of an item. */
  readonly currentHash: (path: string, itemId: string) => Promise<string>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** How often an item is tried again at once because its edits conflict with those of another item. */
const CONFLICT_RETRIES = 2;

/** What no further attempt can change. */
interface Impossible {
  readonly kind: 'impossible';
  readonly reason: string;
}

/** Carries out claimed items: agent, merge, consistency, and the end that the queue is told. */
export class ItemRunner {
  readonly #parts: ItemRunnerParts;

  constructor(parts: ItemRunnerParts) {
    this.#parts = parts;
  }

  /** Throws what ends the whole run: a model that cannot be had, a journal that cannot be written, an abort. */
  async run(claim: Claim, pause: Pause): Promise<void> {
    const { run, queue, followers, logger } = this.#parts;
    const { item, sessionId } = claim;
    run.append({ type: 'session.started', sessionId, workerId: claim.workerId, itemId: item.id });
    try {
      const outcome = await this.#attempt(claim, pause);
      if (outcome.kind === 'done') queue.complete(claim, outcome.summary);
      else if (outcome.kind === 'impossible') {
        queue.fail(claim, outcome.reason);
        await followers.itemFailed(item, outcome.reason);
      } else {
        queue.giveBack(claim, outcome.reason);
        await followers.itemFailed(item, outcome.reason);
      }
    } catch (error) {
      if (error instanceof StorageError || error instanceof AbortError) throw error;
      if (!(error instanceof ModelError)) {
        this.#parts.signal.throwIfAborted();
        logger.log('error', 'An item failed.', { runId: run.runId, itemId: item.id, error });
        queue.giveBack(claim, errorMessage(error));
      }
      await followers.itemFailed(item, errorMessage(error));
      if (error instanceof ModelError) throw error;
    } finally {
      if (!this.#parts.signal.aborted) run.append({ type: 'session.ended', sessionId, reason: 'its work order ended' });
    }
  }

  async #attempt(claim: Claim, pause: Pause): Promise<AgentOutcome | Impossible> {
    const { staged, plan } = this.#parts;
    const { item } = claim;
    const dependencies = new Set<string>(ancestors(plan, item.id));
    let feedback = this.#feedbackFor(item);
    for (let retry = 0; ; retry++) {
      const view = await staged.viewFor(item.id, [...dependencies]);
      const protection = item.mode === 'analyzer' ? undefined : await view.writeProtection(item.filePath);
      if (protection !== undefined)
        return { kind: 'impossible', reason: `${item.filePath} cannot be written: ${protection}.` };
      const { outcome, keep } = await this.#conclude(claim, pause, view, this.#brief(item, feedback));
      if (outcome.kind === 'failed') {
        await staged.discard(item.id);
        return outcome;
      }
      await this.#recordViolations(item, view);
      const merged = await staged.commit(item.id);
      if (merged.ok) {
        this.#parts.run.append({ type: 'layer.committed', itemId: item.id, layer: merged.layer });
        keep();
        return outcome;
      }
      await staged.discard(item.id);
      const remarks = merged.conflicts.map(describeConflict);
      if (retry === CONFLICT_RETRIES) return { kind: 'failed', reason: remarks.join('\n') };
      feedback = [...feedback, ...remarks];
      for (const conflict of merged.conflicts) for (const other of conflict.otherItemIds) dependencies.add(other);
    }
  }

  /** The agent's work, or its result from an earlier run where that is the same. */
  async #conclude(claim: Claim, pause: Pause, view: RepeatableView, brief: AgentBrief): Promise<ItemConclusion> {
    const { agentFor, reuse, staged, run, signal } = this.#parts;
    const itemId = claim.item.id;
    const agent = await agentFor(claim.item);
    const work = (witness: WorkWitness) =>
      agent.run(brief, itemServices(this.#parts, claim, view, pause, witness), { signal });
    const opening = reuse && (await agent.opening?.(brief, view));
    if (!reuse || !opening) return { outcome: await work(unwatched), keep: () => undefined };
    const overlay = await staged.treeFor(itemId);
    const conclusion = await reuse.conclude({ itemId, opening, overlay, view }, work, { signal });
    if (conclusion.reused) run.append({ type: 'item.reused', itemId, ...conclusion.reused });
    return conclusion;
  }

  #brief(item: WorkItem, feedback: readonly string[]): AgentBrief {
    const { plan, request, context, run } = this.#parts;
    const upstream = ancestors(plan, item.id);
    const dependencyReports = plan.items
      .filter(other => upstream.has(other.id))
      .map(({ id, filePath }) => ({ itemId: id, filePath, summary: run.state.items[id]?.note ?? '' }));
    const { clarifications } = plan.metadata;
    const asked = clarifications === undefined ? request : `${request}\n\n${clarifications}`;
    return { item, request: asked, context, dependencyReports, feedback };
  }

  /** Remarks of the last evaluation and of the reviewer, and why the last attempt at this item was given back. */
  #feedbackFor(item: WorkItem): readonly string[] {
    const { state } = this.#parts.run;
    const comments = state.review.requests
      .flatMap(request => request.comments)
      .filter(comment => comment.itemId === item.id);
    const order = Object.values(state.orders).find(({ itemId, status }) => itemId === item.id && status === 'claimed');
    const lastReason = (order?.retryCount ?? 0) > 0 ? state.items[item.id]?.note : undefined;
    return [...comments.map(describeComment), ...state.feedback, ...(lastReason === undefined ? [] : [lastReason])];
  }

  async #recordViolations(item: WorkItem, view: StagedView): Promise<void> {
    const { run, currentHash, staged } = this.#parts;
    const hashNow = (path: string) => currentHash(path, item.id);
    const changes = await view.changes();
    const stagedPaths = new Set((await staged.treeFor(item.id)).keys());
    const bases = new Map(view.layer().entries.map(({ path, base }) => [path, base?.hash ?? '']));
    const observation = { item, reads: view.reads, changes, bases, stagedPaths, currentHash: hashNow };
    for (const violation of await findViolations(observation)) {
      run.append({ type: 'violation.found', violation });
    }
    if (changes.length > 0) run.append({ type: 'edit.staged', itemId: item.id, changes: [...changes] });
  }
}

/** What a reviewer wants changed, for the agent that wrote it. */
function describeComment({ path, line, side, text, quotedLines }: ReviewComment): string {
  const place = line === undefined ? path : `line ${line} of ${path}${side === 'before' ? ' as it was before' : ''}`;
  const quoted = quotedLines.map(each => `> ${each}\n`).join('');
  return `The reviewer says of ${place}:${quoted === '' ? '' : `\n${quoted}`} ${text}`.replace('\n ', '\n');
}

function describeConflict({ path, otherItemIds, markedText }: MergeConflict): string {
  const sides = markedText === undefined ? '' : ` Both sides:\n${markedText}`;
  return `Your edit of ${path} conflicts with the work of ${otherItemIds.join(', ')}, which is in the tree now.${sides}`;
}
