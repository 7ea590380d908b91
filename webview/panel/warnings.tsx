import { useRun } from './context.ts';

/** What went on beside the plan and may matter: limits, fallbacks, differences from what was expected. */
export function Warnings() {
  const { run } = useRun();
  const violations = run.violations.map(({ expected, actual, path }) =>
    path === undefined ? `Expected ${expected}; found ${actual}.` : `${path}: expected ${expected}; found ${actual}.`,
  );
  const texts = [...run.warnings, ...violations];
  if (texts.length === 0) return null;
  return (
    <section class="section" aria-label="Remarks">
      <div class="section-head">
        <h2>Remarks</h2>
      </div>
      <ul class="warnings">
        {texts.map((text, index) => (
          <li key={index}>{text}</li>
        ))}
      </ul>
    </section>
  );
}
