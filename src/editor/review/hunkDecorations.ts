import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { plural } from '../../domain/formatQuantity.ts';
import type { ReviewFile, ReviewHunk } from '../../orchestrator/review/reviewFile.ts';
import { type HunkPlace, placesOf } from './hunkPlaces.ts';
import type { OpenReview } from './openReview.ts';
import { fileOf, sideOf } from './reviewCursor.ts';

export interface HunkDecorationsOptions {
  readonly review: () => OpenReview | undefined;
  readonly extensionUri: vscode.Uri;
}

/** Shows in the diff how each hunk is decided: a mark in the gutter and the overview ruler, words at its first line. */
export class HunkDecorations implements Disposable {
  readonly #review: () => OpenReview | undefined;
  readonly #resources = new DisposableStore();
  readonly #marks: Readonly<Record<ReviewHunk['decision'], vscode.TextEditorDecorationType>>;
  readonly #words: vscode.TextEditorDecorationType;
  readonly #rejectedText: vscode.TextEditorDecorationType;

  constructor({ review, extensionUri }: HunkDecorationsOptions) {
    this.#review = review;
    const mark = (name: string, colour: string) =>
      this.#resources.add(
        vscode.window.createTextEditorDecorationType({
          gutterIconPath: vscode.Uri.joinPath(extensionUri, 'media', `${name}.svg`),
          gutterIconSize: '70%',
          overviewRulerColor: new vscode.ThemeColor(colour),
          overviewRulerLane: vscode.OverviewRulerLane.Center,
        }),
      );
    this.#marks = {
      kept: mark('accepted', 'testing.iconPassed'),
      rejected: mark('rejected', 'testing.iconFailed'),
    };
    this.#words = this.#resources.add(
      vscode.window.createTextEditorDecorationType({
        after: {
          margin: '0 0 0 1ch',
          color: new vscode.ThemeColor('descriptionForeground'),
          fontStyle: 'italic',
        },
      }),
    );
    this.#rejectedText = this.#resources.add(
      vscode.window.createTextEditorDecorationType({
        isWholeLine: true,
        opacity: '0.7',
        textDecoration: 'line-through',
      }),
    );
    this.#resources.add(vscode.window.onDidChangeVisibleTextEditors(() => this.update()));
  }

  /** Marks every visible editor anew. What is being typed in is marked again when it was saved. */
  update(): void {
    const open = this.#review();
    for (const editor of vscode.window.visibleTextEditors) {
      const { document } = editor;
      if (!open || document.isDirty || sideOf(document.uri, open) !== 'after') continue;
      const file = fileOf(document.uri, open);
      if (!file) continue;
      const places = placesOf(file.hunks, 'after');
      for (const decision of ['kept', 'rejected'] as const) {
        const decided = places.filter(({ hunk }) => hunk.decision === decision);
        editor.setDecorations(
          this.#marks[decision],
          decided.map(({ startLine }) => startOf(startLine, document)),
        );
      }
      const rejected = places.filter(({ hunk }) => hunk.decision === 'rejected');
      editor.setDecorations(
        this.#words,
        rejected.map(place => wordsOf(place, document, file)),
      );
      const struck = rejected.filter(({ startLine, endLine }) => endLine > startLine);
      editor.setDecorations(
        this.#rejectedText,
        struck.map(({ startLine, endLine }) => new vscode.Range(startLine, 0, endLine - 1, Number.MAX_SAFE_INTEGER)),
      );
    }
  }

  async dispose(): Promise<void> {
    await this.#resources.dispose();
  }
}

/** No more than where the line begins: a mark on all of a line that wraps would be shown again in each row of it. */
function startOf(line: number, { lineCount }: vscode.TextDocument): vscode.Range {
  const shown = Math.min(line, lineCount - 1);
  return new vscode.Range(shown, 0, shown, 0);
}

/** Behind the first line that was rejected. */
function wordsOf({ hunk, startLine, endLine }: HunkPlace<ReviewHunk>, document: vscode.TextDocument, file: ReviewFile) {
  const removed = startLine === endLine ? `, ${plural(hunk.deletions, 'line')} removed above` : '';
  const { end } = document.lineAt(startOf(startLine, document).start).range;
  const contentText = file.change.after ? `rejected${removed}` : 'rejected, the file stays';
  return { range: new vscode.Range(end, end), renderOptions: { after: { contentText } } };
}
