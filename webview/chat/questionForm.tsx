import type { QuestionState } from '../../src/domain/runState.ts';
import { Button, TextField } from '../controls.tsx';

export interface QuestionFormProperties {
  readonly question: QuestionState;
  readonly draft: string;
  readonly onDraft: (text: string) => void;
  readonly onAnswer: (text: string) => void;
  readonly isBusy: boolean;
}

/** The answers to choose from, and room for another one. */
export function QuestionForm({ question, draft, onDraft, onAnswer, isBusy }: QuestionFormProperties) {
  const isReady = !isBusy && draft.trim() !== '';
  const send = () => {
    if (isReady) onAnswer(draft.trim());
  };
  return (
    <div class="question-form">
      {question.options.length > 0 ? (
        <div class="buttons" role="group" aria-label="Answers to choose from">
          {question.options.map(option => (
            <Button key={option} isDisabled={isBusy} onClick={() => onAnswer(option)}>
              {option}
            </Button>
          ))}
        </div>
      ) : null}
      <TextField
        label={question.options.length > 0 ? 'Or in your own words' : 'Your answer'}
        value={draft}
        isDisabled={isBusy}
        onInput={onDraft}
        onSubmit={send}
      />
      <div class="buttons">
        <Button isPrimary isDisabled={!isReady} onClick={send}>
          Send
        </Button>
      </div>
      {question.defaultAnswer === undefined ? null : <p class="quiet">If nobody answers: {question.defaultAnswer}</p>}
    </div>
  );
}
