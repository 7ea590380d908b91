import { WorkspaceProjectFiles } from '../../app/projectFiles.ts';
import { type Disposable, type DisposableStore, withResources } from '../../base/disposable.ts';
import { AbortError, ConfigurationError } from '../../base/errors.ts';
import { silentLogger } from '../../base/logger.ts';
import { DiskWorkspace } from '../../changes/workspace/diskWorkspace.ts';
import { loadConfiguration } from '../../config/loadConfiguration.ts';
import type { HumanChannel } from '../../orchestrator/humanChannel.ts';
import { JournaledRun } from '../../orchestrator/journaledRun.ts';
import type { AcceptSetback } from '../../orchestrator/review/acceptReview.ts';
import type { EndedReview } from '../../orchestrator/review/endedReview.ts';
import { Review } from '../../orchestrator/review/review.ts';
import type { ReviewArguments } from '../arguments.ts';
import type { CommandLineHost } from '../commandLineHost.ts';
import { eventLine } from '../eventLine.ts';
import { exitCode, exitCodeOfRun } from '../exitCode.ts';
import { openRun, paletteOf, print } from '../journalCommands.ts';
import { openCore } from '../openCore.ts';
import { createRunView, type RunView } from '../runView.ts';
import { safeText } from '../safeText.ts';
import { neededLines, reviewTreeLines } from './reviewLines.ts';
import { reportReview, type SeenReview } from './reviewReport.ts';
import { commentAsTold, decideAsTold } from './reviewTargets.ts';

/** `trellis review`: resolves with the exit code. */
export function runReviewCommand(command: ReviewArguments, host: CommandLineHost): Promise<number> {
  return withResources(async resources => {
    const abort = new AbortController();
    resources.add(host.onInterrupt(() => interrupt(abort, host)));
    const isAsked = isConversation(command, host);
    if (!isAsked && !isChange(command)) {
      await reportReview(command, host, await openToRead(command, host, resources), abort);
      return exitCode.success;
    }
    const session = await openToDecide(command, host, resources, abort);
    const { ended } = session;
    commentAsTold(ended.review, command);
    decideAsTold(ended.review, command);
    if (command.isRequestingChanges) return await goOn(session);
    if (isDecision(command) && command.patch === undefined) return await settle(session);
    if (isAsked && !isChange(command)) return await converse(session);
    await reportReview(command, host, ended, abort);
    return exitCode.success;
  });
}

/** The first interrupt leaves the review, or cancels the run that goes on; the second ends the process. */
function interrupt(abort: AbortController, host: CommandLineHost): void {
  if (abort.signal.aborted) host.exitNow(exitCode.cancelled);
  else abort.abort(new AbortError('You left the review; nothing was applied.'));
}

function isChange(command: ReviewArguments): boolean {
  const { comments, isForgettingComments, isRequestingChanges } = command;
  return isDecision(command) || comments.length > 0 || isForgettingComments || isRequestingChanges;
}

function isDecision({ accepted, rejected, isAll, isApply, isRefuse }: ReviewArguments): boolean {
  return accepted.length > 0 || rejected.length > 0 || isAll || isApply || isRefuse;
}

/** A person is asked on a terminal, unless all that is wanted is to see or to write something. */
function isConversation(command: ReviewArguments, { stdin, stdout }: CommandLineHost): boolean {
  if (command.output === 'json' || command.patch !== undefined || command.shown !== undefined) return false;
  return command.isInteractive || (stdin.isTTY === true && stdout.isTTY === true);
}

/** The review as the journal has it. Needs no configuration, and the run may be in somebody's hands. */
async function openToRead(
  command: ReviewArguments,
  host: CommandLineHost,
  resources: DisposableStore,
): Promise<SeenReview> {
  const { journal, runId, workspace } = await openRun(command, host, resources);
  const run = JournaledRun.reopen(journal, runId, silentLogger);
  if ((run.state.staged?.changes.length ?? 0) === 0)
    throw new ConfigurationError(`The run ${runId} came to no changes, so there is nothing to review.`);
  const untested = () => Promise.reject(new Error('Nothing is tested while a review is only read.'));
  const review = new Review({
    run,
    proof: { runTests: untested },
    ids: prefix => prefix,
    clock: host.clock,
    project: new WorkspaceProjectFiles(await DiskWorkspace.open(workspace)),
    workspaceHash: untested,
  });
  return { review, run };
}

/** A review that is being decided on. */
interface ReviewSession {
  readonly command: ReviewArguments;
  readonly host: CommandLineHost;
  readonly ended: EndedReview;
  /** Throws `ConfigurationError` when the models cannot be asked as things are set. */
  readonly checkModels: () => Promise<unknown>;
  readonly view: RunView;
  readonly human: HumanChannel;
  /** Tells of what happens, until the run goes on and the view does. */
  readonly telling: Disposable;
  readonly signal: AbortSignal;
}

async function openToDecide(
  command: ReviewArguments,
  host: CommandLineHost,
  resources: DisposableStore,
  abort: AbortController,
): Promise<ReviewSession> {
  const { runId, workspace } = await openRun(command, host, resources);
  const load = (areModelsCalled: boolean) =>
    loadConfiguration({
      workspace,
      ...(command.configurationFile === undefined ? {} : { file: command.configurationFile }),
      environment: host.environment,
      areModelsCalled,
    });
  const configuration = await load(command.isRequestingChanges);
  const note = (remark: string) => void host.stderr.write(`${safeText(remark)}\n`);
  const { trellis, sink } = await openCore(command, host, resources, { workspace, configuration, note });
  const ended = resources.add(trellis.openReview(runId, { sink }));
  const isUpFront = command.isRequestingChanges;
  const viewed = { ...command, isYes: isUpFront, isLeft: isUpFront };
  const view = resources.add(createRunView(viewed, host, { isPlanApproved: true }));
  return {
    command,
    host,
    ended,
    checkModels: () => load(true),
    view,
    human: view.human(reason => abort.abort(reason)),
    telling: resources.add(tellEvents(ended, command, host)),
    signal: abort.signal,
  };
}

/** Tells what happens while it is decided: the tests on what is kept, files that changed meanwhile, what was applied. */
function tellEvents({ run }: EndedReview, command: ReviewArguments, host: CommandLineHost): Disposable {
  const palette = paletteOf(command, host);
  return run.onDidAppend(event => {
    const line = command.output === 'text' ? eventLine(event, run.state, palette) : undefined;
    if (line !== undefined) host.stdout.write(`${line}\n`);
  });
}

/** Applies or refuses as the arguments say, without asking. */
async function settle({ command, host, ended, signal }: ReviewSession): Promise<number> {
  if (command.isRefuse) {
    ended.refuse();
    await reportReview(command, host, ended, { signal });
    return exitCode.success;
  }
  const outcome = await ended.accept({ signal, despiteProof: command.isDespiteTests });
  const setback = outcome.kind === 'applied' ? undefined : outcome;
  if (setback?.kind === 'notProven' && setback.proof.verdict === 'fails')
    await ended.review.findNeededHunks({ signal });
  if (command.output === 'json') {
    await reportReview(command, host, ended, { signal, ...(setback && { setback }) });
  } else if (outcome.kind !== 'applied') {
    const palette = paletteOf(command, host);
    const needed = ended.review.proof?.needed;
    const again = outcome.kind === 'notProven' ? ' Give --despite-tests as well to apply it all the same.' : '';
    host.stderr.write(`trellis: Nothing was applied. ${safeText(outcome.message)}${again}\n`);
    if (needed) host.stderr.write(`${neededLines(needed, palette).join('\n')}\n`);
  }
  return setback ? exitCode.qualityNotReached : exitCode.success;
}

/** Asks until the changes are applied or refused, the person leaves, or the run goes on with their comments. */
async function converse(session: ReviewSession): Promise<number> {
  const { command, host, ended, human, signal } = session;
  const { review, run } = ended;
  print(host, reviewTreeLines(review, await review.reasons({ signal }), paletteOf(command, host)));
  const score = run.state.scores.at(-1) ?? { passed: false };
  for (let setback: AcceptSetback | undefined; ; ) {
    const decision = await human.review({ review, score, ...(setback && { setback }) }, { signal });
    switch (decision.kind) {
      case 'leave':
        host.stdout.write('Nothing was applied; what you decided is kept.\n');
        return exitCode.success;
      case 'refuse':
        ended.refuse();
        host.stdout.write('The changes were turned down; your files are as they were.\n');
        return exitCode.cancelled;
      case 'requestChanges':
        await session.checkModels();
        return await goOn(session);
      case 'accept': {
        const outcome = await ended.accept({ signal, despiteProof: decision.despiteProof ?? false });
        if (outcome.kind === 'applied') return exitCode.success;
        setback = outcome;
      }
    }
  }
}

/** Sends the comments back, and follows the run to its end. */
async function goOn({ command, host, ended, view, human, telling, signal }: ReviewSession): Promise<number> {
  const { run } = ended;
  await telling.dispose();
  const shown = run.onDidAppend(event => view.show(event, run.state));
  try {
    const state = await ended.requestChanges({ human, signal }).done;
    view.end(state);
    if (command.output === 'json') await reportReview(command, host, ended, { signal });
    return exitCodeOfRun(state.end);
  } finally {
    await shown.dispose();
  }
}
