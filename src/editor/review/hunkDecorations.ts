import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { plural } from '../../domain/formatQuantity.ts';
import type { ReviewHunk } from '../../orchestrator/review/reviewFile.ts';
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
  readonly #types: Readonly<Record<ReviewHunk['decision'], vscode.TextEditorDecorationType>>;
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
    this.#types = {
      kept: mark('accepted', 'testing.iconPassed'),
      rejected: mark('rejected', 'testing.iconFailed'),
    };
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
      const places = placesOf(fileOf(document.uri, open)?.hunks ?? [], 'after');
      for (const decision of ['kept', 'rejected'] as const) {
        const decided = places.filter(({ hunk }) => hunk.decision === decision);
        editor.setDecorations(
          this.#types[decision],
          decided.map(place => markOf(place, document.lineCount)),
        );
      }
      const struck = places.filter(
        ({ hunk, startLine, endLine }) => hunk.decision === 'rejected' && endLine > startLine,
      );
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

function markOf(place: HunkPlace<ReviewHunk>, lineCount: number): vscode.DecorationOptions {
  const { hunk, startLine, endLine } = place;
  const line = Math.min(startLine, lineCount - 1);
  const isOnlyRemoved = startLine === endLine;
  const removed = isOnlyRemoved ? `, ${plural(hunk.deletions, 'line')} removed above` : '';
  const isRejected = hunk.decision === 'rejected';
  const text = isRejected ? `rejected${removed}` : '';
  return {
    range: new vscode.Range(line, 0, line, Number.MAX_SAFE_INTEGER),
    hoverMessage: `Trellis review: ${isRejected ? 'rejected' : 'accepted'}${removed}.`,
    ...(text === '' ? {} : { renderOptions: { after: { contentText: text, ...besideText } } }),
  };
}

const besideText = {
  margin: '0 0 0 1ch',
  color: new vscode.ThemeColor('descriptionForeground'),
  fontStyle: 'italic',
};
