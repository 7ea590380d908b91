import { type ReplayResult, replayRun } from '../app/replayRun.ts';
import { withResources } from '../base/disposable.ts';
import { ConfigurationError } from '../base/errors.ts';
import { plural } from '../domain/formatQuantity.ts';
import type { ReplayArguments } from './arguments.ts';
import type { CommandLineHost } from './commandLineHost.ts';
import { exitCode } from './exitCode.ts';
import { openJournal } from './journalCommands.ts';
import { choosePalette } from './palette.ts';
import { findRun } from './runHistory.ts';
import { safeText } from './safeText.ts';

/** `trellis replay` */
export function runReplayCommand(command: ReplayArguments, host: CommandLineHost): Promise<number> {
  return withResources(async resources => {
    const journal = await openJournal(command, host, resources);
    if (journal === undefined) throw new ConfigurationError('There are no runs in this workspace yet.');
    const runId = findRun(journal.runs(), command.run);
    const { resourcesDirectory } = host;
    const result = await replayRun({ journal, runId, resourcesDirectory });
    if (command.output === 'text') print(result, command, host);
    else host.stdout.write(`${JSON.stringify(resultObject(result))}\n`);
    return result.divergence === undefined ? exitCode.success : exitCode.qualityNotReached;
  });
}

function resultObject({ runId, compared, skipped, outcome, divergence }: ReplayResult) {
  return { runId, isSame: divergence === undefined, compared, skipped, outcome, divergence: divergence ?? null };
}

function print(
  { compared, skipped, outcome, divergence }: ReplayResult,
  command: ReplayArguments,
  host: CommandLineHost,
): void {
  const palette = choosePalette({
    isRefused: command.isColourRefused,
    isTerminal: host.stdout.isTTY === true,
    environment: host.environment,
  });
  if (divergence === undefined) {
    const same = `The replay is the same as the run: ${compared} steps, to its end (${outcome}).`;
    host.stdout.write(`${palette.green(same)}\n`);
    if (skipped > 0)
      host.stdout.write(`${plural(skipped, 'part')} of it broke off without an end, and could not be replayed.\n`);
    return;
  }
  host.stdout.write(`${palette.red('The replay differs from the run.')}\n${safeText(divergence.message)}\n`);
}
