import path from 'node:path';
import type { Trellis } from '../app/trellis.ts';
import { type DisposableStore, withResources } from '../base/disposable.ts';
import { AbortError } from '../base/errors.ts';
import { loadConfiguration } from '../config/loadConfiguration.ts';
import type { RunState } from '../domain/runState.ts';
import type { RunHandle } from '../orchestrator/runHandle.ts';
import type { RunArguments } from './arguments.ts';
import type { CommandLineHost } from './commandLineHost.ts';
import { exitCode, exitCodeOfRun } from './exitCode.ts';
import { openCore } from './openCore.ts';
import { resultOfRun } from './resultObject.ts';
import { createRunView, type RunView } from './runView.ts';
import { findWorkspace, isInRepository } from './workspace.ts';

/** `trellis run` and `trellis plan`: resolves with the exit code when the run has ended and everything is let go. */
export function runRunCommand(command: RunArguments, host: CommandLineHost): Promise<number> {
  return withResources(async resources => {
    const { trellis, view, sink } = await prepare(command, host, resources);
    const controller = new AbortController();
    resources.add(cancelOnInterrupt(controller, view, host));
    const handle = trellis.start(command.request, {
      human: view.human(error => controller.abort(error)),
      sink,
      stopAfterPlan: command.kind === 'plan',
      signal: controller.signal,
    });
    follow(handle, trellis, view, resources);
    const state = await handle.done;
    report(state, command, view, host);
    return exitCodeOfRun(state.end);
  });
}

async function prepare(command: RunArguments, host: CommandLineHost, resources: DisposableStore) {
  const workspace = await findWorkspace(command.workspace, host.currentDirectory);
  const loaded = await loadConfiguration({
    workspace,
    ...(command.configurationFile === undefined ? {} : { file: command.configurationFile }),
    environment: host.environment,
    options: {
      ...(command.workers === undefined ? {} : { workers: command.workers }),
      ...(command.isYes ? { autoApprove: true } : {}),
      ...cassetteOf(command, host),
    },
  });
  const view = resources.add(createRunView(command, host, { isPlanApproved: loaded.configuration.autoApprove }));
  const { trellis, sink } = await openCore(command, host, resources, {
    workspace,
    configuration: loaded,
    note: remark => view.note(remark),
  });
  if (!(await isInRepository(workspace))) {
    view.note('This folder is not in a git repository: nothing is known of its history.');
  }
  return { trellis, view, sink };
}

/** Paths of the command line are relative to where it is given. */
function cassetteOf({ record, cassette }: RunArguments, { currentDirectory }: CommandLineHost) {
  if (record !== undefined) return { cassette: { record: path.resolve(currentDirectory, record) } };
  return cassette === undefined ? {} : { cassette: { replay: path.resolve(currentDirectory, cassette) } };
}

/** Shows what was appended before anyone could listen, then everything as it comes. */
function follow(handle: RunHandle, trellis: Trellis, view: RunView, resources: DisposableStore): void {
  for (const event of trellis.journal.read(handle.runId)) view.show(event, handle.state);
  resources.add(handle.onDidAppend(event => view.show(event, handle.state)));
}

/** The first interrupt cancels the run, the second ends the process: what is in the journal is safe either way. */
function cancelOnInterrupt(controller: AbortController, view: RunView, host: CommandLineHost) {
  return host.onInterrupt(() => {
    if (controller.signal.aborted) {
      host.exitNow(exitCode.cancelled);
      return;
    }
    view.note('Cancelling. Press Ctrl-C again to stop at once.');
    controller.abort(new AbortError());
  });
}

function report(state: RunState, command: RunArguments, view: RunView, host: CommandLineHost): void {
  view.end(state);
  if (command.output === 'json') host.stdout.write(`${JSON.stringify(resultOfRun(state, host.clock.now()))}\n`);
}
