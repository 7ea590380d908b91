import { errorMessage, TrellisError } from '../base/errors.ts';
import { type CommandArguments, parseArguments } from './arguments.ts';
import type { CommandLineHost } from './commandLineHost.ts';
import { exitCode, exitCodeOfError } from './exitCode.ts';
import { helpText } from './helpText.ts';
import { runHistoryCommand, runShowCommand } from './journalCommands.ts';
import { runReplayCommand } from './replayCommand.ts';
import { resultOfError } from './resultObject.ts';
import { runRevertCommand } from './revertCommand.ts';
import { runReviewCommand } from './review/reviewCommand.ts';
import { runRunCommand } from './runCommand.ts';
import { safeText } from './safeText.ts';

/** Does what the arguments (after the program's name) say and resolves with the exit code. Never rejects. */
export async function runCommandLine(args: readonly string[], host: CommandLineHost): Promise<number> {
  try {
    return await perform(parseArguments(args), host);
  } catch (error) {
    report(error, args, host);
    return exitCodeOfError(error);
  }
}

async function perform(command: CommandArguments, host: CommandLineHost): Promise<number> {
  switch (command.kind) {
    case 'run':
    case 'plan':
      return await runRunCommand(command, host);
    case 'review':
      return await runReviewCommand(command, host);
    case 'revert':
      return await runRevertCommand(command, host);
    case 'history':
      return await runHistoryCommand(command, host);
    case 'show':
      return await runShowCommand(command, host);
    case 'replay':
      return await runReplayCommand(command, host);
    case 'help':
      host.stdout.write(helpText(command.topic));
      return exitCode.success;
    case 'version':
      host.stdout.write(`${host.version}\n`);
      return exitCode.success;
  }
}

/** One sentence on stderr, with `--verbose` the stack trace; with `--json` the result object on stdout as well. */
function report(error: unknown, args: readonly string[], host: CommandLineHost): void {
  const isExpected = error instanceof TrellisError;
  const message = isExpected ? error.message : `Trellis itself failed: ${errorMessage(error)} (--verbose tells more).`;
  host.stderr.write(`trellis: ${safeText(message)}\n`);
  if (args.includes('--verbose')) host.stderr.write(`${safeText(stackOf(error))}\n`);
  // The arguments may be what is wrong, so they are looked at as they are.
  if (args.includes('--json')) {
    const result = resultOfError(isExpected ? error.kind : 'internal', message);
    host.stdout.write(`${JSON.stringify(result)}\n`);
  }
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\nCaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
