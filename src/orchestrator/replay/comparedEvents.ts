import type { RunEvent, RunEventType } from '../../domain/schema/events.ts';

/**
 * Whose doing an event is. `made`: the core's, so a replay must make it again. `given`: it came from outside, or tells of
 * the way to a model, and a replay is given what came of it.
 */
const origins: Readonly<Record<RunEventType, 'made' | 'given'>> = {
  'run.started': 'given',
  'run.resumed': 'given',
  'run.cancelRequested': 'given',
  'world.observed': 'given',
  'context.collected': 'made',
  'plan.proposed': 'made',
  'plan.rejected': 'made',
  'plan.edited': 'made',
  'plan.approved': 'made',
  'worker.registered': 'made',
  'worker.changed': 'given',
  'order.enqueued': 'made',
  'order.claimed': 'made',
  'order.waiting': 'made',
  'order.resumed': 'made',
  'order.renewed': 'given',
  'order.completed': 'made',
  'order.returned': 'made',
  'order.failed': 'made',
  'item.blocked': 'made',
  'session.started': 'made',
  'session.ended': 'made',
  'model.requested': 'made',
  'model.responded': 'made',
  'model.failed': 'made',
  'text.flagged': 'given',
  'model.read': 'made',
  'budget.reached': 'given',
  'budget.decided': 'given',
  'item.reused': 'made',
  'agent.think': 'made',
  'agent.act': 'made',
  'agent.learn': 'made',
  'violation.found': 'made',
  // How much of a reply came when is the server's doing, and a replay has all of it at once.
  'edit.begun': 'given',
  'edit.unusable': 'given',
  'edit.staged': 'made',
  'layer.committed': 'made',
  'question.asked': 'made',
  'question.answered': 'made',
  'chat.posted': 'made',
  'tests.started': 'made',
  'tests.finished': 'made',
  'evidence.collected': 'made',
  'quality.scored': 'made',
  'iteration.started': 'made',
  'result.staged': 'made',
  'review.opened': 'made',
  'review.hunksDecided': 'made',
  'review.edited': 'made',
  'review.rebased': 'made',
  'review.commented': 'made',
  'review.commentRemoved': 'made',
  'review.changesRequested': 'made',
  'review.proved': 'made',
  'review.neededHunksFound': 'made',
  'review.decided': 'made',
  'changes.applied': 'made',
  'changes.committed': 'given',
  'changes.reverted': 'given',
  // Of what was found in texts for models, which a replay does not look for.
  'run.warned': 'given',
  'run.ended': 'made',
};

/** Tells of each event, in their order, whether a replay must make it again. */
export class OriginFinder {
  /** Questions whether to go beyond a limit: they are asked on the way to a model. */
  readonly #limitQuestions = new Set<string>();

  isMade(event: RunEvent): boolean {
    if (event.type === 'model.failed' && event.willRetry) return false;
    if (event.type === 'question.asked' && event.asker.kind === 'budget') this.#limitQuestions.add(event.question.id);
    if (event.type === 'question.asked' && this.#limitQuestions.has(event.question.id)) return false;
    if (event.type === 'question.answered' && this.#limitQuestions.has(event.questionId)) return false;
    return origins[event.type] === 'made';
  }
}

/** Which worker does a thing, when, and how long it may, is chance; so is what a call cost, and where a result was kept. */
const chance: ReadonlySet<string> = new Set([
  'seq',
  'at',
  'runId',
  'correlationId',
  'workerId',
  'enqueuedAt',
  'leaseExpiresAt',
  'notBefore',
  'latencyMs',
  'timeToFirstTokenMs',
  'usage',
  'costUsd',
  'isCached',
  'charge',
  'key',
]);

/** The event as plain data without what is chance; two that are equal say the same. */
export function comparableEvent(event: RunEvent): Record<string, unknown> {
  return JSON.parse(JSON.stringify(event, (name, value: unknown) => (chance.has(name) ? undefined : value))) as Record<
    string,
    unknown
  >;
}
