import * as vscode from 'vscode';
import { formatDuration } from '../domain/formatQuantity.ts';
import type { RunOutcome } from '../domain/schema/events.ts';
import type { RunSummary } from '../journal/journal.ts';

const outcomes: Readonly<Record<RunOutcome, string>> = {
  planned: '$(checklist) Planned',
  applied: '$(check) Applied',
  staged: '$(diff) Waits for review',
  refused: '$(discard) Refused',
  qualityNotReached: '$(warning) Quality not reached',
  cancelled: '$(circle-slash) Cancelled',
  failed: '$(error) Failed',
};

/** The id of the run that the user picks; undefined when none. */
export async function pickRun(
  runs: readonly RunSummary[],
  prompt = 'Pick a run to look at',
): Promise<string | undefined> {
  const items = runs.map(({ runId, title, startedAt, endedAt, outcome }) => ({
    label: title,
    description: new Date(startedAt).toLocaleString(),
    detail: [
      outcome === undefined ? '$(debug-disconnect) Not ended' : outcomes[outcome],
      ...(endedAt === undefined ? [] : [formatDuration(endedAt - startedAt)]),
    ].join(' · '),
    runId,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Trellis: earlier runs',
    placeHolder: items.length === 0 ? 'There are no runs yet.' : prompt,
    matchOnDescription: true,
  });
  return picked?.runId;
}
