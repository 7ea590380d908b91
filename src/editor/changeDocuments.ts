import * as vscode from 'vscode';
import { decodeText, plainText } from '../changes/textFile.ts';
import { plural } from '../domain/formatQuantity.ts';
import type { FileChange } from '../domain/schema/changes.ts';
import type { RunService, ShownRun } from './runService.ts';

/** Scheme of the two read-only sides of a diff: content of the journal, by hash. */
export const changeScheme = 'trellis-change';

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
    const sides = changes.map(change => sidesOf(change, root.path));
    const [first] = sides;
    if (!first) return;
    if (path !== undefined) {
      const empty = uriOf(path, root.path, undefined);
      const title = `${path} (staged by Trellis)`;
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
function sidesOf({ path, previousPath, beforeHash, afterHash }: FileChange, root: string): Sides {
  return {
    label: vscode.Uri.joinPath(vscode.Uri.file(root), path),
    before: beforeHash === undefined ? undefined : uriOf(previousPath ?? path, root, beforeHash),
    after: afterHash === undefined ? undefined : uriOf(path, root, afterHash),
  };
}

function uriOf(path: string, root: string, hash: string | undefined): vscode.Uri {
  const query = hash === undefined ? '' : new URLSearchParams({ root, hash }).toString();
  return vscode.Uri.from({ scheme: changeScheme, path: `/${path}`, query });
}
