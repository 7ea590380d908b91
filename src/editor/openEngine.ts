import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import * as vscode from 'vscode';
import type { Plugins } from '../app/plugins.ts';
import { createTrellis } from '../app/trellis.ts';
import { openWorkspaceSink } from '../app/workspaceSink.ts';
import { systemClock } from '../base/clock.ts';
import { errorMessage, StorageError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { builtInProviders } from '../config/configuration.ts';
import { loadConfiguration } from '../config/loadConfiguration.ts';
import { hashContent } from '../journal/contentHash.ts';
import type { Journal } from '../journal/journal.ts';
import type { ChangeSink } from '../orchestrator/changeSink.ts';
import { type MadeAccept, settleAccept } from '../orchestrator/review/settleAccept.ts';
import type { ApiKeys } from './apiKeys.ts';
import type { Engine, WorkspaceRoot } from './engine.ts';
import { readSettings } from './settings.ts';
import { withCheckpoints } from './withCheckpoints.ts';

export interface OpenEngineOptions {
  readonly context: vscode.ExtensionContext;
  readonly keys: ApiKeys;
  readonly plugins: Plugins;
  readonly logger: Logger;
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
  const { sink: disk, remarks, lastAccept } = await openWorkspaceSink(root.path, storageDirectory, systemClock);
  for (const remark of remarks) void vscode.window.showWarningMessage(`Trellis: ${remark}`);
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
  if (lastAccept) await settleLastAccept(trellis.journal, lastAccept, logger);
  const withDisk = (sink: ChangeSink) => withCheckpoints(sink, disk, root.path);
  return {
    journal: trellis.journal,
    autoApprove: configuration.autoApprove,
    start: (request, options) => trellis.start(request, { ...options, sink: withDisk(options.sink) }),
    openReview: (runId, options) => trellis.openReview(runId, { sink: withDisk(options.sink) }),
    revert: (runId, options) => trellis.revert(runId, options),
    dispose: () => trellis.dispose(),
  };
}

/** A run that is being accepted at this moment, by an engine that other settings are about to replace, says it by itself. */
async function settleLastAccept(journal: Journal, lastAccept: MadeAccept, logger: Logger): Promise<void> {
  try {
    await settleAccept(journal, lastAccept, logger);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    logger.log('warn', 'It could not be said in the journal that changes are in the files', {
      runId: lastAccept.runId,
      error: errorMessage(error),
    });
  }
}

/** A folder of its own for each folder of the workspace, in the extension's storage. */
async function prepareStorage(
  { storageUri, globalStorageUri }: vscode.ExtensionContext,
  root: WorkspaceRoot,
): Promise<string> {
  const name = hashContent(root.path).slice(0, 16);
  const directory = path.join((storageUri ?? globalStorageUri).fsPath, name);
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
