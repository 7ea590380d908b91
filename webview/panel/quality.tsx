import { formatDuration, formatShare, plural } from '../../src/domain/formatQuantity.ts';
import type { TestRun } from '../../src/domain/runState.ts';
import type { Evidence, QualityScore } from '../../src/domain/schema/quality.ts';
import { Icon, VerdictIcon } from '../common/icons.tsx';
import { evidenceWords, testOutcomeWords, testScopeWords, verdictWords } from '../common/words.ts';
import { useRun } from './context.ts';

/** The score with the facts that it rests on, and the test runs behind them. */
export function Quality() {
  const { run } = useRun();
  const score = run.scores.at(-1);
  const evidence = score?.evidence ?? run.evidence;
  const testRuns = run.testRuns.filter(({ scope }) => scope !== 'item').slice(-4);
  if (!score && evidence.length === 0 && testRuns.length === 0) return null;
  return (
    <section class="section" aria-label="Quality">
      <div class="section-head">
        <h2>Quality</h2>
        {run.scores.length > 1 ? <p class="quiet section-note">Score number {run.scores.length} of this run.</p> : null}
      </div>
      <div class={`quality${score ? ' quality-scored' : ''}`}>
        {score ? <Score score={score} threshold={run.threshold} /> : null}
        <div class="quality-facts">
          <ul class="evidence">
            {evidence.map((fact, index) => (
              <Fact key={index} fact={fact} />
            ))}
          </ul>
          {testRuns.map((testRun, index) => (
            <TestRunDetails key={index} testRun={testRun} />
          ))}
          <Feedback texts={score?.feedback ?? []} />
        </div>
      </div>
    </section>
  );
}

function Score({ score, threshold }: { readonly score: QualityScore; readonly threshold: number }) {
  return (
    <div class={`score ${score.passed ? 'score-passed' : 'score-missed'}`}>
      <p class="score-overall">
        <span class="score-number">{formatShare(score.overall)}</span>
        <span class="with-icon">
          <Icon name={score.passed ? 'check' : 'cross'} /> {score.passed ? 'Passed' : 'Not reached'}
        </span>
      </p>
      <Meter name="Completeness" value={score.completeness} />
      <Meter name="Correctness" value={score.correctness} />
      <p class="quiet">{formatShare(threshold)} are needed.</p>
    </div>
  );
}

function Meter({ name, value }: { readonly name: string; readonly value: number }) {
  return (
    <div class="meter">
      <span class="meter-name">{name}</span>
      <span class="meter-value">{formatShare(value)}</span>
      <span class="meter-track" aria-hidden="true">
        <span class="meter-fill" style={{ width: `${value * 100}%` }} />
      </span>
    </div>
  );
}

function Fact({ fact }: { readonly fact: Evidence }) {
  return (
    <li class="evidence-fact">
      <VerdictIcon verdict={fact.verdict} />
      <span>
        <strong>{evidenceWords[fact.kind]}</strong>
        <span class="hidden-text"> {verdictWords[fact.verdict]}:</span> {fact.summary}
        {fact.kind === 'judge' ? <span class="quiet"> (an opinion, not a proof)</span> : null}
      </span>
    </li>
  );
}

function TestRunDetails({ testRun: { scope, report, tier } }: { readonly testRun: TestRun }) {
  const figures = [
    `${report.passed} passed`,
    `${report.failed} failed`,
    ...(report.skipped > 0 ? [`${report.skipped} skipped`] : []),
  ].join(', ');
  return (
    <details class="test-run">
      <summary>
        {testScopeWords[scope]}: {testOutcomeWords[report.outcome]}
        <span class="quiet">
          {' '}
          ({report.isParsed ? `${figures}, ` : ''}
          {formatDuration(report.durationMs)}, sandbox: {tier})
        </span>
      </summary>
      {report.failures.length > 0 ? (
        <ul class="plain-list failures">
          {report.failures.map((failure, index) => (
            <li key={index}>
              <strong>{failure.name}</strong>
              {failure.file ? (
                <span class="quiet">
                  {' '}
                  {failure.file}
                  {failure.line ? `:${failure.line}` : ''}
                </span>
              ) : null}
              <pre class="output">{failure.message}</pre>
            </li>
          ))}
        </ul>
      ) : null}
      <pre class="output">{report.outputTail || 'It printed nothing.'}</pre>
    </details>
  );
}

function Feedback({ texts }: { readonly texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <details class="test-run">
      <summary>{plural(texts.length, 'remark')} of the review</summary>
      <ul>
        {texts.map((text, index) => (
          <li key={index}>{text}</li>
        ))}
      </ul>
    </details>
  );
}
