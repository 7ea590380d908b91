import { errorMessage, StorageError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { MadeChange, Recovery } from '../../changes/accept/diskChangeSink.ts';
import type { StagedChange } from '../../changes/stagedFiles.ts';
import { reduceAll } from '../../domain/reduceRun.ts';
import type { RunState } from '../../domain/runState.ts';
import type { RunEvent } from '../../domain/schema/events.ts';
import { type RunId, runIdSchema } from '../../domain/schema/ids.ts';
import type { ContentStore, Journal } from '../../journal/journal.ts';
import { JournaledRun } from '../journaledRun.ts';
import { reviewFile } from './reviewFile.ts';
import { withContents, withoutContent } from './stagedContents.ts';

/** What is found at the start of earlier changes of the user's files. */
export interface FoundChanges {
  /** What a crash had cut short, and is undone now. */
  readonly cutShort: readonly Recovery[];
  /** The last that was made whole; its journal may not say so yet. */
  readonly last?: MadeChange;
}

/** What became of a change of files whose process ended before it could say so. */
export interface Settlement {
  readonly runId: RunId;
  /** One sentence: what happened, and what to do. */
  readonly message: string;
  readonly kind: MadeChange['kind'];
  readonly isCutShort: boolean;
  /** What was made belongs to these changes too, in texts that were not saved: the disk does not know whether they have it. */
  readonly unsaved: readonly StagedChange[];
}

/**
 * Says in the journal what became of changes of files whose process ended before it could: after a crash the files are in
 * one state or the other, and the journal says in which. To be called at the start, when what was cut short is undone.
 * What somebody is writing to at this moment, such as an engine that other settings are about to replace, speaks for itself.
 */
export async function settleChanges(
  journal: Journal,
  { cutShort, last }: FoundChanges,
  logger: Logger,
): Promise<readonly Settlement[]> {
  const settlements: Settlement[] = [];
  for (const recovery of cutShort) {
    const { kind } = recovery;
    const runId = runIdSchema.parse(recovery.runId);
    const message = await writeTo(journal, runId, run => tellCutShort(run, recovery), logger);
    if (message !== undefined) settlements.push({ runId, message, kind, isCutShort: true, unsaved: [] });
  }
  if (!last) return settlements;
  const { kind, paths } = last;
  const runId = runIdSchema.parse(last.runId);
  if (!isUnsaid(journal.read(runId), last)) return settlements;
  const unsaved = decidedChanges(journal, runId).filter(({ path }) => !paths.includes(path));
  const message = await writeTo(journal, runId, run => tellMade(run, last), logger);
  return message === undefined ? settlements : [...settlements, { runId, message, kind, isCutShort: false, unsaved }];
}

/** The changes that a run has accepted, or, of a run whose changes are in the files, those. With their content. */
export function decidedChanges(journal: Journal, runId: RunId): readonly StagedChange[] {
  return decided(reduceAll(runId, journal.read(runId)), journal.contents);
}

function decided({ applied, staged, review }: RunState, contents: ContentStore): readonly StagedChange[] {
  if (applied) return withContents(applied, contents);
  return withContents(staged?.changes ?? [], contents).flatMap(change => {
    const facts = { itemId: undefined, state: review.files[change.path], coverage: undefined };
    return reviewFile(change, facts, contents).kept ?? [];
  });
}

/** Undefined where it could not be written. */
async function writeTo(
  journal: Journal,
  runId: RunId,
  write: (run: JournaledRun) => string,
  logger: Logger,
): Promise<string | undefined> {
  try {
    const lease = journal.acquire(runId);
    try {
      const run = JournaledRun.reopen(journal, runId, logger);
      const message = write(run);
      await run.sync();
      return message;
    } finally {
      await lease.dispose();
    }
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    const reason = errorMessage(error);
    logger.log('warn', 'It could not be said in the journal what became of changes of files', { runId, reason });
    return undefined;
  }
}

function tellCutShort(run: JournaledRun, { kind, leftPaths }: Recovery): string {
  const title = titleOf(run.state);
  const isKnown = run.state.lastSeq > 0;
  const left = leftPaths.length === 0 ? '' : ` except in ${leftPaths.join(', ')}, which you edited since`;
  if (kind === 'accept') {
    const message = `Applying “${title}” was cut short when Trellis ended, so none of it is in your files${left}; review the changes to apply them again.`;
    if (isKnown) run.append({ type: 'run.ended', outcome: 'failed', errorKind: 'storage', message });
    return message;
  }
  const message = `Taking back “${title}” was cut short when Trellis ended, so all of it is still in your files${left}; revert the run again to take it back.`;
  if (isKnown) run.append({ type: 'run.warned', message });
  return message;
}

function tellMade(run: JournaledRun, { kind, id, paths }: MadeChange): string {
  const title = titleOf(run.state);
  if (kind === 'revert') {
    run.append({ type: 'changes.reverted', paths: [...paths] });
    return `“${title}” is taken back as a whole; Trellis ended before it could say so.`;
  }
  if (!run.state.applied) {
    const changes = decided(run.state, run.contents).map(withoutContent);
    run.append({ type: 'changes.applied', changes, checkpointId: id });
  }
  const { length } = run.state.applied ?? [];
  const message = `${length} ${length === 1 ? 'file' : 'files'} changed; Trellis ended before it could say so.`;
  run.append({ type: 'run.ended', outcome: 'applied', message });
  return `All of “${title}” is in your files; Trellis ended before it could say so.`;
}

function titleOf({ runId, task }: RunState): string {
  return task?.title ?? runId;
}

/** The change was made after the last that the run says of files, so that nothing says it. */
function isUnsaid(events: readonly RunEvent[], { kind, createdAt }: MadeChange): boolean {
  if (kind === 'revert') {
    const last = events.findLast(({ type }) => type === 'changes.applied' || type === 'changes.reverted');
    return last?.type === 'changes.applied' && last.at <= createdAt;
  }
  const last = events.findLast(event => outcomes.has(event.type));
  if (last?.type === 'review.decided') return last.decision === 'accept' && last.at <= createdAt;
  return last?.type === 'changes.applied';
}

const outcomes: ReadonlySet<RunEvent['type']> = new Set([
  'review.decided',
  'changes.applied',
  'changes.reverted',
  'run.ended',
]);
