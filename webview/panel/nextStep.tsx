import type { ComponentChildren } from 'preact';
import { plural } from '../../src/domain/formatQuantity.ts';
import { openQuestions } from '../../src/domain/runCounts.ts';
import { isTakenBack } from '../common/words.ts';
import { Button } from '../controls.tsx';
import { useRun } from './context.ts';

export interface NextStepProperties {
  /** The buttons for a plan that waits for approval: they know about the draft. */
  readonly approval: ComponentChildren;
}

/** What the user can do now, and what happens if they do. Empty while there is nothing to decide. */
export function NextStep({ approval }: NextStepProperties) {
  const { run, isLive, ask, isBusy } = useRun();
  const questions = openQuestions(run).length;
  if (!isLive) return <AfterTheEnd />;
  if (questions > 0) {
    return (
      <Step text={`${plural(questions, 'question')} for you. The rest of the plan goes on meanwhile.`}>
        <Button isPrimary onClick={() => ask('showChat', {})}>
          Answer in the chat
        </Button>
      </Step>
    );
  }
  if (run.phase === 'awaitingApproval') {
    return <Step text="Nothing is written until you approve this plan.">{approval}</Step>;
  }
  if (run.phase === 'awaitingReview') {
    return (
      <Step text="Your files are still untouched. Look at the changes, then accept or refuse them.">
        <Button isPrimary isDisabled={isBusy} onClick={() => ask('reviewChanges', {})}>
          Review changes
        </Button>
        <Button isDisabled={isBusy} onClick={() => ask('acceptChanges', {})}>
          Accept all
        </Button>
        <Button isDisabled={isBusy} onClick={() => ask('refuseChanges', {})}>
          Refuse
        </Button>
      </Step>
    );
  }
  return null;
}

function AfterTheEnd() {
  const { run, canUndo, ask, isBusy } = useRun();
  const request = run.task?.description ?? '';
  const again = (
    <Button isDisabled={isBusy} onClick={() => ask('startRun', { request })}>
      Start again
    </Button>
  );
  const hasOpenChanges = (run.staged?.changes.length ?? 0) > 0 && run.applied === undefined;
  const review = hasOpenChanges ? (
    <Button isPrimary isDisabled={isBusy} onClick={() => ask('reviewChanges', {})}>
      Review changes
    </Button>
  ) : null;
  const ways = (
    <>
      {review}
      {again}
    </>
  );
  if (!run.end) {
    return <Step text="This run was broken off before its end. Your files are as they were.">{ways}</Step>;
  }
  const undo = (
    <Button isDisabled={isBusy} onClick={() => ask('undoAccept', {})}>
      Undo
    </Button>
  );
  const text = isTakenBack(run) ? 'The changes of this run were taken back.' : run.end.message;
  const isGood = run.end.outcome === 'applied' || run.end.outcome === 'planned';
  return <Step text={text}>{canUndo ? undo : isGood && !hasOpenChanges ? null : ways}</Step>;
}

function Step({ text, children }: { readonly text: string; readonly children: ComponentChildren }) {
  return (
    <div class="next-step">
      <p>{text}</p>
      <div class="buttons">{children}</div>
    </div>
  );
}
