import type { RunState } from '../domain/runState.ts';
import type { ChangeKind } from '../domain/schema/changes.ts';
import type { RunOutcome } from '../domain/schema/events.ts';
import type { Plan } from '../domain/schema/plan.ts';
import type { Evidence } from '../domain/schema/quality.ts';
import type { TextFlag } from '../domain/schema/safety.ts';

/** What `--json` prints; its fields are documented in docs/cli.md and only ever added to. */
export interface ResultObject {
  /** `null` when it ended before there was a run. */
  readonly runId: string | null;
  /** `running` in `show` for a run that has not ended, or was broken off. */
  readonly status: RunOutcome | 'running';
  readonly plan: Plan | null;
  readonly items: readonly {
    readonly id: string;
    readonly filePath: string;
    readonly mode: string;
    readonly status: string;
    readonly attempts: number;
    readonly durationMs: number;
    /** The result was taken over from an earlier run. */
    readonly isReused: boolean;
  }[];
  /** `null` when nothing was scored. */
  readonly quality: {
    readonly overall: number;
    readonly completeness: number;
    readonly correctness: number;
    readonly passed: boolean;
    readonly evidence: readonly Evidence[];
    readonly feedback: readonly string[];
  } | null;
  readonly changes: readonly {
    readonly path: string;
    readonly kind: ChangeKind;
    readonly additions: number;
    readonly deletions: number;
  }[];
  readonly usage: {
    readonly calls: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly cachedCalls: number;
    readonly costUsd: number;
  };
  /** What was found in texts for models, and what was done about it. */
  readonly safety: readonly TextFlag[];
  readonly durationMs: number;
  readonly errors: readonly { readonly kind: string; readonly message: string }[];
}

/** The result of a run; `now` ends the clock of one that has not ended. */
export function resultOfRun(state: RunState, now: number): ResultObject {
  const { runId, end, plan, scores, usage } = state;
  const score = scores.at(-1);
  return {
    runId,
    status: end?.outcome ?? 'running',
    plan: plan ?? null,
    items: Object.values(state.items).map(({ item, status, attempts, durationMs, reusedFrom }) => ({
      id: item.id,
      filePath: item.filePath,
      mode: item.mode,
      status,
      attempts,
      durationMs,
      isReused: reusedFrom !== undefined,
    })),
    quality:
      score === undefined
        ? null
        : {
            overall: score.overall,
            completeness: score.completeness,
            correctness: score.correctness,
            passed: score.passed,
            evidence: score.evidence,
            feedback: score.feedback,
          },
    changes: state.changes.map(({ path, kind, additions, deletions }) => ({ path, kind, additions, deletions })),
    usage: {
      calls: usage.calls,
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      cachedCalls: usage.cachedCalls,
      costUsd: usage.costUsd,
    },
    safety: state.textFlags,
    durationMs: (state.endedAt ?? now) - state.startedAt,
    errors: end?.outcome === 'failed' ? [{ kind: end.errorKind ?? 'internal', message: end.message }] : [],
  };
}

/** The result where no run came about. */
export function resultOfError(kind: string, message: string): ResultObject {
  return {
    runId: null,
    status: kind === 'abort' ? 'cancelled' : 'failed',
    plan: null,
    items: [],
    quality: null,
    changes: [],
    usage: { calls: 0, inputTokens: 0, outputTokens: 0, cachedCalls: 0, costUsd: 0 },
    safety: [],
    durationMs: 0,
    errors: [{ kind, message }],
  };
}
