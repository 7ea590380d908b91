// The composition root of the extension. The engine is loaded when a run or the history first needs it.
import * as vscode from 'vscode';
import type { TrellisExports } from '../api/trellis.d.ts';
import { Plugins } from './app/plugins.ts';
import { hasCutShortChange } from './app/workspaceSink.ts';
import type { Disposable } from './base/disposable.ts';
import { errorMessage, ValidationError } from './base/errors.ts';
import { RedactingLogger } from './base/redactingLogger.ts';
import { builtInProviders } from './config/configuration.ts';
import { ApiKeys } from './editor/apiKeys.ts';
import { editorModelProvider } from './editor/editorModels.ts';
import { extensionExports } from './editor/extensionApi.ts';
import { outputSink } from './editor/outputLogger.ts';
import { chatViewId } from './editor/panel/chatView.ts';
import { panelViewType } from './editor/panel/runPanel.ts';
import { registerCommands } from './editor/registerCommands.ts';
import { changeScheme } from './editor/review/reviewAddress.ts';
import { RunService } from './editor/runService.ts';
import { storageFolder } from './editor/storageFolder.ts';
import { Workbench } from './editor/workbench.ts';
import { workspaceRoots } from './editor/workspaceRoots.ts';

let runs: Disposable | undefined;

export function activate(context: vscode.ExtensionContext): TrellisExports {
  const { extensionUri, subscriptions, workspaceState } = context;
  const channel = vscode.window.createOutputChannel('Trellis', { log: true });
  const keys = new ApiKeys(context.secrets);
  const logger = new RedactingLogger(outputSink(channel), () => keys.seen);
  const report = (error: unknown) => {
    logger.log('error', errorMessage(error), { error });
    // What the user did cannot be done now: nothing is broken.
    if (error instanceof ValidationError) void vscode.window.showWarningMessage(error.message);
    else void vscode.window.showErrorMessage(errorMessage(error));
  };
  const plugins = openPlugins(context, report);
  const service = new RunService({
    logger,
    openEngine: async root => {
      const { openEngine } = await import('./editor/openEngine.ts');
      const onSettled = (...told: Parameters<Workbench['settled']>) => workbench.settled(...told);
      return openEngine(root, { context, keys, plugins, logger, onSettled });
    },
  });
  runs = service;
  const workbench = new Workbench({ service, extensionUri, workspaceState, logger, report });
  const { actions } = workbench;
  const forgetEngines = () => void service.forgetEngines().catch(report);

  subscriptions.push(
    channel,
    workbench,
    registerCommands(
      {
        'trellis.planAndImplement': request => actions.planAndImplement(typeof request === 'string' ? request : ''),
        'trellis.cancelRun': () => actions.cancelRun(),
        'trellis.showPanel': () => actions.showPanel(),
        'trellis.showHistory': () => actions.showHistory(),
        'trellis.reviewChanges': () => actions.reviewChanges(),
        ...workbench.review.commands,
        'trellis.revertRun': () => actions.revertRun(),
        'trellis.undoAccept': () => actions.undoAccept(),
        'trellis.setOpenAiKey': () => keys.ask('openai'),
        'trellis.setAnthropicKey': () => keys.ask('anthropic'),
        'trellis.removeApiKeys': () => keys.removeAll(),
        'trellis.showLog': () => channel.show(),
      },
      report,
    ),
    vscode.window.registerWebviewViewProvider(chatViewId, workbench.chat),
    vscode.window.registerWebviewPanelSerializer(panelViewType, workbench.panel),
    vscode.workspace.registerTextDocumentContentProvider(changeScheme, workbench.documents),
    vscode.workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration('trellis')) forgetEngines();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      forgetEngines();
      workbench.refresh();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => workbench.refresh()),
    keys.onDidChange(forgetEngines),
    plugins.onDidChange(forgetEngines),
  );
  openCutShort(context, service).catch(report);
  return extensionExports(plugins);
}

/** Opens the engines of folders in which a crash cut a change of files short, which is what puts them right. */
async function openCutShort(context: vscode.ExtensionContext, service: RunService): Promise<void> {
  for (const root of workspaceRoots()) {
    if (await hasCutShortChange(storageFolder(context, root))) await service.engine(root);
  }
}

/** What other extensions may add to, with the editor's own models in it. */
function openPlugins(context: vscode.ExtensionContext, report: (error: unknown) => void): Plugins {
  const plugins = new Plugins(builtInProviders, report);
  plugins.registerProvider(
    editorModelProvider({
      selectChatModels: () => vscode.lm.selectChatModels(),
      canSendRequest: model => context.languageModelAccessInformation.canSendRequest(model),
    }),
  );
  return plugins;
}

/** Cancels what still runs and closes the journals; after a crash the journal brings back what was shown. */
export async function deactivate(): Promise<void> {
  await runs?.dispose();
  runs = undefined;
}
