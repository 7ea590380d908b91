import type { Trellis } from '../app/trellis.ts';
import type { DisposableStore } from '../base/disposable.ts';
import { silentLogger } from '../base/logger.ts';
import { RedactingLogger } from '../base/redactingLogger.ts';
import type { loadConfiguration } from '../config/loadConfiguration.ts';
import { prepareStorageDirectory } from '../journal/storageDirectory.ts';
import type { RevertingSink } from '../orchestrator/changeSink.ts';
import { settleChanges } from '../orchestrator/review/settleChanges.ts';
import type { CommonArguments } from './arguments.ts';
import type { CommandLineHost } from './commandLineHost.ts';
import { streamSink } from './streamLogger.ts';

export interface OpenCoreOptions {
  /** The real path of the workspace. */
  readonly workspace: string;
  readonly configuration: Awaited<ReturnType<typeof loadConfiguration>>;
  /** Is told what had to be put right before anything else. */
  readonly note: (remark: string) => void;
}

/** Builds the core and the way into the user's files for one command; both go with `resources`. */
export async function openCore(
  command: CommonArguments,
  host: CommandLineHost,
  resources: DisposableStore,
  { workspace, configuration: { configuration, secrets }, note }: OpenCoreOptions,
): Promise<{ readonly trellis: Trellis; readonly sink: RevertingSink }> {
  const storageDirectory = await prepareStorageDirectory(workspace);
  const { sink, found } = await host.openSink(workspace, storageDirectory, host.clock);
  const keys = Object.values<string>({ ...secrets });
  const toStandardError = streamSink(text => host.stderr.write(text));
  const logger = command.isVerbose ? new RedactingLogger(toStandardError, () => keys) : silentLogger;
  const { resourcesDirectory, version, clock } = host;
  const trellis = resources.add(
    await host.createTrellis({
      workspace,
      configuration,
      storageDirectory,
      resourcesDirectory,
      version,
      clock,
      logger,
      secrets,
    }),
  );
  for (const { message } of await settleChanges(trellis.journal, found, logger)) note(message);
  return { trellis, sink };
}
