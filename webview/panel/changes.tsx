import { plural } from '../../src/domain/formatQuantity.ts';
import type { FileChange } from '../../src/domain/schema/changes.ts';
import { changeWords } from '../common/words.ts';
import { useRun } from './context.ts';
import { FilePath } from './filePath.tsx';

/** The files that the run changed, each one click away from its diff. */
export function Changes() {
  const { run, ask } = useRun();
  if (run.changes.length === 0) return null;
  const total = (count: (change: FileChange) => number) => run.changes.reduce((sum, change) => sum + count(change), 0);
  return (
    <section class="section" aria-label="Changes">
      <div class="section-head">
        <h2>Changes</h2>
        <p class="quiet section-note">
          {plural(run.changes.length, 'file')},{' '}
          <Counts additions={total(c => c.additions)} deletions={total(c => c.deletions)} />
        </p>
        <button type="button" class="link" onClick={() => ask('reviewChanges', {})}>
          Show all
        </button>
      </div>
      <ul class="changes">
        {run.changes.map(change => (
          <li key={change.path}>
            <button type="button" class="change" onClick={() => ask('reviewChanges', { path: change.path })}>
              <span class={`change-kind change-${change.kind}`}>{changeWords[change.kind]}</span>
              <FilePath path={change.path} />
              {change.isBinary ? (
                <span class="quiet">binary</span>
              ) : (
                <Counts additions={change.additions} deletions={change.deletions} />
              )}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Counts({ additions, deletions }: { readonly additions: number; readonly deletions: number }) {
  return (
    <span class="counts">
      <span class="added">+{additions}</span> <span class="deleted">−{deletions}</span>
    </span>
  );
}
