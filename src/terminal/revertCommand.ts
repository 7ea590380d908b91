import { withResources } from '../base/disposable.ts';
import { AbortError } from '../base/errors.ts';
import { silentLogger } from '../base/logger.ts';
import { AcceptConflictError } from '../changes/accept/planOperations.ts';
import { plural } from '../domain/formatQuantity.ts';
import { storageDirectoryOf } from '../journal/storageDirectory.ts';
import { JournaledRun } from '../orchestrator/journaledRun.ts';
import { revertRun } from '../orchestrator/revertRun.ts';
import { settleChanges } from '../orchestrator/review/settleChanges.ts';
import type { RevertArguments } from './arguments.ts';
import type { CommandLineHost } from './commandLineHost.ts';
import { exitCode } from './exitCode.ts';
import { openRun, printJson } from './journalCommands.ts';
import { safeLine, safeText } from './safeText.ts';

/** `trellis revert`: takes back what a run changed. Resolves with the exit code; 1 when later edits are in the way. */
export function runRevertCommand(command: RevertArguments, host: CommandLineHost): Promise<number> {
  return withResources(async resources => {
    const abort = new AbortController();
    resources.add(host.onInterrupt(() => abort.abort(new AbortError('Cancelled; nothing was taken back.'))));
    const { journal, runId, workspace } = await openRun(command, host, resources);
    const { sink, found } = await host.openSink(workspace, storageDirectoryOf(workspace), host.clock);
    for (const { message } of await settleChanges(journal, found, silentLogger))
      host.stderr.write(`${safeText(message)}\n`);
    resources.add(journal.acquire(runId));
    const run = JournaledRun.reopen(journal, runId, silentLogger);
    try {
      const paths = await revertRun(run, sink, { signal: abort.signal });
      if (command.output === 'text')
        host.stdout.write(`Taken back: ${plural(paths.length, 'file')}. ${safeLine(paths.join(', '), 2000)}\n`);
      else printJson(host, { runId, paths, conflicts: [] });
      return exitCode.success;
    } catch (error) {
      if (!(error instanceof AcceptConflictError)) throw error;
      const conflicts = error.conflicts.map(conflict => conflict.path);
      const verb = conflicts.length === 1 ? 'was' : 'were';
      const sentence = `${conflicts.join(', ')} ${verb} edited since in the same places, so nothing was taken back; undo those edits first.`;
      host.stderr.write(`trellis: ${safeText(sentence)}\n`);
      if (command.output !== 'text') printJson(host, { runId, paths: [], conflicts });
      return exitCode.qualityNotReached;
    }
  });
}
