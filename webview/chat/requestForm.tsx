import { Button, TextArea } from '../controls.tsx';

export interface RequestFormProperties {
  readonly request: string;
  readonly isDisabled: boolean;
  readonly onInput: (request: string) => void;
  readonly onStart: (request: string) => void;
}

/** Where the next run begins. */
export function RequestForm({ request, isDisabled, onInput, onStart }: RequestFormProperties) {
  const isReady = !isDisabled && request.trim() !== '';
  const start = () => {
    if (isReady) onStart(request);
  };
  return (
    <div class="request-form">
      <TextArea
        label="What should be done?"
        rows={3}
        value={request}
        placeholder="Add a function that …, with tests"
        isDisabled={isDisabled}
        onInput={onInput}
        onSubmit={start}
      />
      <Button isPrimary isDisabled={!isReady} onClick={start}>
        Plan &amp; Implement
      </Button>
    </div>
  );
}
