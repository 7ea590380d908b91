import * as vscode from 'vscode';
import { decodeText, plainText } from '../../changes/textFile.ts';
import { plural } from '../../domain/formatQuantity.ts';
import type { FileChange } from '../../domain/schema/changes.ts';
import { contentUri } from '../review/reviewAddress.ts';
import type { RunService, ShownRun } from '../runService.ts';

/** Shows a run's changes in the editor's own diff views. Nothing of it touches the user's files. */
export class ChangeDocuments implements vscode.TextDocumentContentProvider {
  readonly #service: RunService;

  constructor(service: RunService) {
    this.#service = service;
  }

  /** Called by the editor. A content of the run that is shown, as text. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const query = new URLSearchParams(uri.query);
    const hash = query.get('hash');
    const rootPath = query.get('root');
    if (hash === null || rootPath === null) return '';
    const content = await this.#service.content({ name: rootPath, path: rootPath }, hash);
    if (!content) return '';
    const text = decodeText(content);
    return text ? plainText(text) : `A binary file of ${plural(content.length, 'byte')}.`;
  }

  /** Opens the diff of one file, or of all of them in one editor. */
  async open({ root, state }: ShownRun, path?: string): Promise<void> {
    const changes = path === undefined ? state.changes : state.changes.filter(change => change.path === path);
    const sides = changes.map(change => sidesOf(change, root.path, state.runId));
    const [first] = sides;
    if (!first) return;
    if (path !== undefined) {
      const empty = contentUri({ runId: state.runId, path }, root.path, undefined);
      const title = `${path} (Trellis)`;
      await vscode.commands.executeCommand('vscode.diff', first.before ?? empty, first.after ?? empty, title, {
        preview: true,
      });
      return;
    }
    const resources = sides.map(({ label, before, after }) => [label, before, after]);
    await vscode.commands.executeCommand(
      'vscode.changes',
      `Trellis: ${plural(changes.length, 'changed file')}`,
      resources,
    );
  }
}

interface Sides {
  readonly label: vscode.Uri;
  readonly before: vscode.Uri | undefined;
  readonly after: vscode.Uri | undefined;
}

/** A side without a file is left out: the editor then shows the file as added or deleted. */
function sidesOf({ path, previousPath, beforeHash, afterHash }: FileChange, root: string, runId: string): Sides {
  const side = (name: string, hash: string | undefined) =>
    hash === undefined ? undefined : contentUri({ runId, path: name }, root, hash);
  return {
    label: vscode.Uri.joinPath(vscode.Uri.file(root), path),
    before: side(previousPath ?? path, beforeHash),
    after: side(path, afterHash),
  };
}
