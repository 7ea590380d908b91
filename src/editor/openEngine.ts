import { mkdir } from 'node:fs/promises';
import process from 'node:process';
import * as vscode from 'vscode';
import type { Plugins } from '../app/plugins.ts';
import { createTrellis, type Trellis } from '../app/trellis.ts';
import { openWorkspaceSink } from '../app/workspaceSink.ts';
import { systemClock } from '../base/clock.ts';
import { errorMessage, StorageError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { CutShortChange } from '../changes/accept/diskChangeSink.ts';
import { builtInProviders } from '../config/configuration.ts';
import { loadConfiguration } from '../config/loadConfiguration.ts';
import type { ChangeSink } from '../orchestrator/changeSink.ts';
import { type Settlement, settleChanges } from '../orchestrator/review/settleChanges.ts';
import { completeInEditor, undoInEditor } from './afterCrash.ts';
import type { ApiKeys } from './apiKeys.ts';
import type { Engine, WorkspaceRoot } from './engine.ts';
import { revertingWithCheckpoints, withCheckpoints } from './files/withCheckpoints.ts';
import { readSettings } from './settings.ts';
import { storageFolder } from './storageFolder.ts';

export interface OpenEngineOptions {
  readonly context: vscode.ExtensionContext;
  readonly keys: ApiKeys;
  readonly plugins: Plugins;
  readonly logger: Logger;
  /** Is told what became of changes of files that a crash had interrupted, before there is an engine. */
  readonly onSettled: (root: WorkspaceRoot, settlement: Settlement) => void;
}

/** Builds the engine for a folder from settings, file, environment and key. Throws `ConfigurationError` or `StorageError`. */
export async function openEngine(root: WorkspaceRoot, options: OpenEngineOptions): Promise<Engine> {
  const { context, keys, plugins, logger } = options;
  const { configuration, secrets } = await loadConfiguration({
    workspace: root.path,
    isWorkspaceTrusted: vscode.workspace.isTrusted,
    settings: readSettings(vscode.workspace.getConfiguration('trellis', vscode.Uri.file(root.path))),
    environment: process.env,
    providers: [...builtInProviders, ...plugins.providers.map(({ name }) => name)],
    ...(await keys.read()),
  });
  const storageDirectory = await prepareStorage(context, root);
  const trellis = await createTrellis({
    workspace: root.path,
    configuration,
    storageDirectory,
    resourcesDirectory: context.extensionPath,
    version: (context.extension.packageJSON as { readonly version: string }).version,
    logger,
    secrets,
    plugins,
  });
  try {
    return await withWorkspace(root, trellis, storageDirectory, { ...options, autoApprove: configuration.autoApprove });
  } catch (error) {
    await trellis.dispose();
    throw error;
  }
}

/** Puts right what a crash interrupted before anything else is done with the folder's files. */
async function withWorkspace(
  root: WorkspaceRoot,
  trellis: Trellis,
  storageDirectory: string,
  { autoApprove, logger, onSettled }: Pick<OpenEngineOptions, 'logger' | 'onSettled'> & Pick<Engine, 'autoApprove'>,
): Promise<Engine> {
  const { journal } = trellis;
  const undoElsewhere = (change: CutShortChange) => undoInEditor(root, journal, change);
  const { sink: disk, found } = await openWorkspaceSink(root.path, storageDirectory, systemClock, undoElsewhere);
  for (const settlement of await settleChanges(journal, found, logger))
    onSettled(root, await completeInEditor(root, settlement));
  const withDisk = (sink: ChangeSink) => withCheckpoints(sink, disk, root.path);
  return {
    journal,
    autoApprove,
    start: (request, options) => trellis.start(request, { ...options, sink: withDisk(options.sink) }),
    openReview: (runId, options) => trellis.openReview(runId, { sink: withDisk(options.sink) }),
    revert: (runId, { sink, signal }) =>
      trellis.revert(runId, { sink: revertingWithCheckpoints(sink, disk, root.path), signal }),
    dispose: () => trellis.dispose(),
  };
}

async function prepareStorage(context: vscode.ExtensionContext, root: WorkspaceRoot): Promise<string> {
  const directory = storageFolder(context, root);
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw new StorageError(
      `The folder ${directory}, where runs are recorded, cannot be made (${errorMessage(error)}); free some space or change its permissions.`,
      { cause: error },
    );
  }
  return directory;
}
