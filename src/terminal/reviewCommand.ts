import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { WorkspaceProjectFiles } from '../app/projectFiles.ts';
import { type DisposableStore, withResources } from '../base/disposable.ts';
import { AbortError, ConfigurationError, errorMessage } from '../base/errors.ts';
import { silentLogger } from '../base/logger.ts';
import { DiskWorkspace } from '../changes/diskWorkspace.ts';
import { loadConfiguration } from '../config/loadConfiguration.ts';
import type { RunState } from '../domain/runState.ts';
import { JournaledRun } from '../orchestrator/journaledRun.ts';
import type { AcceptSetback } from '../orchestrator/review/acceptReview.ts';
import type { EndedReview } from '../orchestrator/review/endedReview.ts';
import { Review } from '../orchestrator/review/review.ts';
import type { ReviewArguments } from './arguments.ts';
import type { CommandLineHost } from './commandLineHost.ts';
import { eventLine } from './eventLine.ts';
import { exitCode } from './exitCode.ts';
import { externalEditor } from './externalEditor.ts';
import { openRun, paletteOf, print, printJson } from './journalCommands.ts';
import { LineReader } from './lineReader.ts';
import { openCore } from './openCore.ts';
import { Prompter } from './prompter.ts';
import { ReviewDialog } from './reviewDialog.ts';
import { fileTitle, hunkLines, neededLines, reviewTreeLines } from './reviewLines.ts';
import { reviewObject } from './reviewObject.ts';
import { decideAsTold } from './reviewTargets.ts';
import { safeText } from './safeText.ts';
import { Screen } from './screen.ts';

/** A review and the state of its run, which grows with what is decided. */
interface OpenReview {
  readonly review: Review;
  readonly run: { readonly state: RunState };
}

/** `trellis review`: resolves with the exit code. */
export function runReviewCommand(command: ReviewArguments, host: CommandLineHost): Promise<number> {
  return withResources(async resources => {
    const abort = new AbortController();
    resources.add(host.onInterrupt(() => abort.abort(new AbortError('You left the review; nothing was applied.'))));
    const { signal } = abort;
    const isAsked = isConversation(command, host);
    if (!isAsked && !isDecision(command)) {
      const open = await openToRead(command, host, resources);
      await report(command, host, open, { signal });
      return exitCode.success;
    }
    const ended = await openToDecide(command, host, resources);
    if (command.output === 'text') resources.add(tellEvents(ended, command, host));
    decideAsTold(ended.review, command);
    if (command.patch !== undefined) {
      await report(command, host, ended, { signal });
      return exitCode.success;
    }
    if (isAsked && !isDecision(command)) return await converse(command, host, ended, { resources, abort });
    return await settle(command, host, ended, { signal });
  });
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
): Promise<OpenReview> {
  const { journal, runId, workspace } = await openRun(command, host, resources);
  const run = JournaledRun.reopen(journal, runId, silentLogger);
  if ((run.state.staged?.changes.length ?? 0) === 0)
    throw new ConfigurationError(`The run ${runId} came to no changes, so there is nothing to review.`);
  const review = new Review({
    run,
    proof: { runTests: () => Promise.reject(new Error('Nothing is tested while a review is only read.')) },
    ids: prefix => prefix,
    clock: host.clock,
    project: new WorkspaceProjectFiles(await DiskWorkspace.open(workspace)),
  });
  return { review, run };
}

async function openToDecide(
  command: ReviewArguments,
  host: CommandLineHost,
  resources: DisposableStore,
): Promise<EndedReview> {
  const { runId, workspace } = await openRun(command, host, resources);
  const configuration = await loadConfiguration({
    workspace,
    ...(command.configurationFile === undefined ? {} : { file: command.configurationFile }),
    environment: host.environment,
    areModelsCalled: false,
  });
  const note = (remark: string) => void host.stderr.write(`${safeText(remark)}\n`);
  const { trellis, sink } = await openCore(command, host, resources, { workspace, configuration, note });
  return resources.add(trellis.openReview(runId, { sink }));
}

/** Tells what happens while it is decided: the tests on what is kept, files that changed meanwhile, what was applied. */
function tellEvents({ run }: EndedReview, command: ReviewArguments, host: CommandLineHost) {
  const palette = paletteOf(command, host);
  return run.onDidAppend(event => {
    const line = eventLine(event, run.state, palette);
    if (line !== undefined) host.stdout.write(`${line}\n`);
  });
}

/** Prints what was asked for: the object, the patch, the diff, or the list. */
async function report(
  command: ReviewArguments,
  host: CommandLineHost,
  { review, run }: OpenReview,
  options: { readonly signal: AbortSignal; readonly setback?: AcceptSetback },
): Promise<void> {
  if (command.patch !== undefined) await writePatch(command.patch, host, review);
  if (command.output === 'json')
    printJson(host, reviewObject(run.state, review, await review.reasons(options), options.setback));
  else if (command.shown !== undefined) print(host, diffLines(command.shown, command, host, review));
  else if (command.patch === undefined)
    print(host, reviewTreeLines(review, await review.reasons(options), paletteOf(command, host)));
}

async function writePatch(name: string, host: CommandLineHost, review: Review): Promise<void> {
  if (name === '-') {
    host.stdout.write(review.patch());
    return;
  }
  const file = path.resolve(host.currentDirectory, name);
  try {
    await writeFile(file, review.patch());
  } catch (error) {
    throw new ConfigurationError(`The patch cannot be written to ${file} (${errorMessage(error)}).`, { cause: error });
  }
}

function diffLines(paths: readonly string[], command: ReviewArguments, host: CommandLineHost, review: Review) {
  const palette = paletteOf(command, host);
  const unknown = paths.find(each => !review.files.some(file => file.path === each));
  if (unknown !== undefined) throw new ConfigurationError(`The run does not change "${unknown}".`);
  const files = review.files.filter(file => paths.length === 0 || paths.includes(file.path));
  return files.flatMap(file => [
    palette.bold(fileTitle(file, palette)),
    ...file.hunks.flatMap(hunk => hunkLines(hunk, palette)),
  ]);
}

/** Applies or refuses as the arguments say, without asking. */
async function settle(
  command: ReviewArguments,
  host: CommandLineHost,
  ended: EndedReview,
  { signal }: { readonly signal: AbortSignal },
): Promise<number> {
  if (command.isRefuse) {
    ended.refuse();
    await report(command, host, ended, { signal });
    return exitCode.success;
  }
  const outcome = await ended.accept({ signal, despiteProof: command.isDespiteTests });
  const setback = outcome.kind === 'applied' ? undefined : outcome;
  if (setback?.kind === 'notProven' && setback.proof.verdict === 'fails')
    await ended.review.findNeededHunks({ signal });
  if (command.output === 'json') {
    await report(command, host, ended, { signal, ...(setback && { setback }) });
  } else if (outcome.kind !== 'applied') {
    const palette = paletteOf(command, host);
    const needed = ended.review.proof?.needed;
    const again = outcome.kind === 'notProven' ? ' Give --despite-tests as well to apply it all the same.' : '';
    host.stderr.write(`trellis: Nothing was applied. ${safeText(outcome.message)}${again}\n`);
    if (needed) host.stderr.write(`${neededLines(needed, palette).join('\n')}\n`);
  }
  return setback ? exitCode.qualityNotReached : exitCode.success;
}

/** Asks until the changes are applied or refused, or the person leaves. */
async function converse(
  command: ReviewArguments,
  host: CommandLineHost,
  ended: EndedReview,
  { resources, abort }: { readonly resources: DisposableStore; readonly abort: AbortController },
): Promise<number> {
  const { signal } = abort;
  const { review, run } = ended;
  const palette = paletteOf(command, host);
  const isTerminal = host.stdin.isTTY === true;
  const lines = resources.add(new LineReader(host.stdin, { keepsEarlyLines: !isTerminal }));
  const prompter = new Prompter({
    screen: new Screen(host.stdout),
    lines,
    write: text => host.stdout.write(text),
    echoes: !isTerminal,
    onGivenUp: reason => abort.abort(reason),
  });
  const editText = externalEditor(host.environment);
  const dialog = new ReviewDialog({ prompter, palette, editText, isLive: false });
  print(host, reviewTreeLines(review, await review.reasons({ signal }), palette));
  const isPassed = run.state.scores.at(-1)?.passed ?? false;
  for (let setback: AcceptSetback | undefined; ; ) {
    const decision = await dialog.decide({ review, isPassed, ...(setback && { setback }) }, { signal });
    if (decision.kind === 'leave') {
      host.stdout.write('Nothing was applied; what you decided is kept.\n');
      return exitCode.cancelled;
    }
    if (decision.kind !== 'accept') {
      ended.refuse();
      host.stdout.write('The changes were turned down; your files are as they were.\n');
      return exitCode.cancelled;
    }
    const outcome = await ended.accept({ signal, despiteProof: decision.despiteProof ?? false });
    if (outcome.kind !== 'applied') setback = outcome;
    else return exitCode.success;
  }
}
