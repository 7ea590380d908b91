import { Button } from '../controls.tsx';

export interface EmptyStateProperties {
  /** Why nothing can be started here, in one sentence. */
  readonly problem?: string | undefined;
  readonly onStart: () => void;
  readonly onHistory: () => void;
  readonly onSettings: () => void;
}

/** The panel before the first run. */
export function EmptyState({ problem, onStart, onHistory, onSettings }: EmptyStateProperties) {
  return (
    <main class="empty">
      <h1 class="run-title">Nothing is running</h1>
      <p>
        Say what you want to have done. Trellis plans it, shows you the plan, and carries it out with several agents at
        once. Your files change when you accept the result, and not before.
      </p>
      {problem === undefined ? null : (
        <p class="problems" role="alert">
          {problem}
        </p>
      )}
      <div class="buttons">
        <Button isPrimary isDisabled={problem !== undefined} onClick={onStart}>
          Plan &amp; Implement…
        </Button>
        <Button onClick={onHistory}>Earlier runs</Button>
        <Button onClick={onSettings}>Settings</Button>
      </div>
    </main>
  );
}
