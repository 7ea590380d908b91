import type { StartOptions, Trellis, TrellisOptions } from '../../src/app/trellis.ts';
import { Emitter } from '../../src/base/emitter.ts';
import { AbortError, errorMessage, TrellisError } from '../../src/base/errors.ts';
import { reduceRun } from '../../src/domain/reduceRun.ts';
import { initialRunState, type RunState } from '../../src/domain/runState.ts';
import type { RunEvent, RunEventPayload } from '../../src/domain/schema/events.ts';
import { SqliteJournal } from '../../src/journal/sqliteJournal.ts';
import { journalFileIn } from '../../src/journal/storageDirectory.ts';
import { endedPayload } from './journalEvents.ts';
import { ReviewFixture } from './reviewFixture.ts';
import { planPayloads, samplePlan, sampleRunId, sampleScore, workPayloads } from './sampleRun.ts';

/** What a scripted run may do: the same as a real one. */
export interface ScriptedRun extends StartOptions {
  readonly append: (...payloads: RunEventPayload[]) => void;
}

/** The way of a run that goes well: plan, approval, one question, score, review, sink. */
export async function goodRun(run: ScriptedRun): Promise<void> {
  const { append, human, sink, signal } = run;
  append(...planPayloads);
  if (run.stopAfterPlan === true) {
    append({ type: 'run.ended', outcome: 'planned', message: 'The plan is ready.' });
    return;
  }
  const decision = await human.approvePlan(samplePlan, { signal });
  if (decision.kind === 'cancel') throw new AbortError('The plan was turned down.');
  append(...workPayloads);
  const question = { id: 'q1', text: 'Which style?', options: ['iterative', 'recursive'] };
  append({ type: 'question.asked', asker: { kind: 'planner' }, question });
  const answer = await human.answer(question, { signal });
  append({ type: 'question.answered', questionId: 'q1', ...answer });
  append({ type: 'quality.scored', iteration: 0, score: sampleScore });
  const { review } = new ReviewFixture([]);
  const reviewed = await human.review({ score: sampleScore, review }, { signal });
  if (reviewed.kind === 'refuse') {
    append({ type: 'run.ended', outcome: 'refused', message: 'The changes were turned down.' });
    return;
  }
  await sink.apply(review.selection(), { runId: sampleRunId, signal });
  append(endedPayload('The changes were applied.'));
}

/** A core that runs `script` in place of an orchestrator, on a real journal. `calls` collects what it was made with. */
export function createFakeTrellis(
  script: (run: ScriptedRun) => Promise<void>,
  calls: TrellisOptions[] = [],
): (options: TrellisOptions) => Promise<Trellis> {
  return async options => {
    calls.push(options);
    const journal = new SqliteJournal({ file: journalFileIn(options.storageDirectory), clock: Date });
    return {
      journal,
      start: (_request, start) => startScript(journal, script, start),
      openReview: () => {
        throw new Error('A scripted core has no reviews.');
      },
      revert: () => Promise.reject(new Error('A scripted core reverts nothing.')),
      dispose: () => journal.dispose(),
    };
  };
}

function startScript(journal: SqliteJournal, script: (run: ScriptedRun) => Promise<void>, options: StartOptions) {
  let state: RunState = initialRunState(sampleRunId);
  const emitter = new Emitter<RunEvent>(error => {
    throw error;
  });
  const append = (...payloads: RunEventPayload[]) => {
    for (const payload of payloads) {
      const event = journal.append(sampleRunId, payload, sampleRunId);
      state = reduceRun(state, event);
      emitter.fire(event);
    }
  };
  const done = script({ ...options, append }).then(
    () => state,
    (error: unknown) => {
      const kind = error instanceof TrellisError ? error.kind : 'internal';
      const outcome = kind === 'abort' ? 'cancelled' : 'failed';
      append({ type: 'run.ended', outcome, errorKind: kind, message: errorMessage(error) });
      return state;
    },
  );
  return {
    runId: sampleRunId,
    get state() {
      return state;
    },
    onDidAppend: emitter.event,
    done,
  };
}
