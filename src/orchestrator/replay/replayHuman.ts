import type { RunEvent, RunEventType } from '../../domain/schema/events.ts';
import type { ChangeSink } from '../changeSink.ts';
import { errorOfKind } from '../errorOfKind.ts';
import type { HumanChannel, ReviewDecision } from '../humanChannel.ts';
import type { JournaledRun } from '../journaledRun.ts';
import type { Conductor } from './conductor.ts';
import { itemLane, runLane } from './lanes.ts';
import { payloadOf, type Recording } from './recording.ts';

export interface ReplayHumanParts {
  readonly recording: Recording;
  readonly conductor: Conductor;
  /** The replay's own. */
  readonly run: JournaledRun;
}

/** What ends a round of the review, as the core writes it down. */
const endsOfRound: ReadonlySet<RunEventType> = new Set([
  'review.decided',
  'review.changesRequested',
  'review.opened',
  'run.ended',
]);

/** What only the core does in a review; all else is the human's. */
const madeInReview: ReadonlySet<RunEventType> = new Set([
  'review.rebased',
  'review.proved',
  'tests.started',
  'tests.finished',
  'world.observed',
  'run.warned',
]);

/** Decides and answers as the human of the run did, when they did. */
export function replayedHuman({ recording, conductor, run }: ReplayHumanParts): HumanChannel {
  let rounds = 0;
  return {
    approvePlan: async (plan, { signal }) => {
      const [approved] = recording.ofType('plan.approved');
      if (approved === undefined && recording.isBrokenOff) {
        return conductor.lost(runLane, 'waits for the approval of the plan, which did not come', signal);
      }
      await conductor.turn(runLane, (approved ?? recording.end).seq, signal);
      if (approved === undefined) return { kind: 'cancel' };
      const [edited] = recording.ofType('plan.edited');
      return { kind: 'approve', plan: edited?.plan ?? plan, by: approved.by };
    },
    answer: async (question, { signal }) => {
      const asked = recording.ofType('question.asked').find(event => event.question.id === question.id);
      const lane = asked?.asker.kind === 'worker' ? itemLane(asked.asker.itemId) : runLane;
      const answer = recording.ofType('question.answered').find(event => event.questionId === question.id);
      if (answer === undefined || answer.by === 'cancelled') {
        return conductor.lost(lane, `asks "${question.text}", which was not answered`, signal);
      }
      await conductor.turn(lane, answer.seq, signal);
      return { text: answer.text, by: answer.by };
    },
    review: async (_request, { signal }) => {
      const round = roundOf(recording.events, rounds++);
      const last = round.at(-1);
      if (last === undefined || (last.type === 'run.ended' && recording.isBrokenOff)) {
        return conductor.lost(runLane, 'waits for the end of the review, which did not come', signal);
      }
      for (const event of humansPart(round)) {
        await conductor.turn(runLane, event.seq, signal);
        run.append(payloadOf(event));
      }
      await conductor.turn(runLane, last.seq, signal);
      return decisionOf(last);
    },
  };
}

/** Takes what is accepted and writes nothing. */
export function replayedSink({ recording, conductor }: Omit<ReplayHumanParts, 'run'>): ChangeSink {
  return {
    apply: async (_changes, { signal }) => {
      const [applied] = recording.ofType('changes.applied');
      await conductor.turn(runLane, (applied ?? recording.end).seq, signal);
      if (applied) return applied.checkpointId === undefined ? {} : { checkpointId: applied.checkpointId };
      throw errorOfKind({ kind: recording.end.errorKind, message: recording.end.message });
    },
  };
}

/** The events after the opening of a round of the review, up to the one that ends it. */
function roundOf(events: readonly RunEvent[], round: number): readonly RunEvent[] {
  const opened = events.flatMap((event, index) => (event.type === 'review.opened' ? [index] : []))[round];
  if (opened === undefined) return [];
  const rest = events.slice(opened + 1);
  return rest.slice(0, rest.findIndex(event => endsOfRound.has(event.type)) + 1);
}

/**
 * What the human did, and what was found out for them meanwhile. What the core did after their last doing is left to the
 * core: it proves what is accepted by itself.
 */
function humansPart(round: readonly RunEvent[]): readonly RunEvent[] {
  const doings = round.slice(0, -1);
  const last = doings.findLastIndex(event => !madeInReview.has(event.type));
  return doings.slice(0, last + 1).filter(event => event.type !== 'world.observed');
}

function decisionOf(last: RunEvent): ReviewDecision {
  if (last.type === 'review.changesRequested') return { kind: 'requestChanges' };
  if (last.type === 'review.decided' && last.decision === 'refuse') return { kind: 'refuse' };
  if (last.type === 'run.ended') return { kind: 'leave' };

  // A round that ends with the opening of the next was an acceptance with a setback.
  return { kind: 'accept', despiteProof: last.type === 'review.decided' && last.despite !== undefined };
}
