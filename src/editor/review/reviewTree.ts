import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import type { AgentMode } from '../../domain/schema/plan.ts';
import { placesOf } from './hunkPlaces.ts';
import type { OpenReview } from './openReview.ts';
import { stagedUri } from './reviewAddress.ts';
import type { ReviewDiffs } from './reviewDiffs.ts';
import {
  type FileNode,
  type HunkNode,
  type ItemNode,
  outlineReview,
  type ReasonsByPath,
  type ReviewNode,
} from './reviewOutline.ts';

export const reviewViewId = 'trellis.review';

/** With more files than this, a file shows its hunks only when it is opened. */
const expandedFiles = 20;

const modeIcons: Readonly<Record<AgentMode, string>> = { analyzer: 'search', coder: 'code', sdet: 'beaker' };

/** Item → file → hunk, each with a check box for whether it is accepted. */
export class ReviewTree implements vscode.TreeDataProvider<ReviewNode>, Disposable {
  readonly #review: () => OpenReview | undefined;
  readonly #diffs: Pick<ReviewDiffs, 'commandFor'>;
  readonly #onDidChange = new vscode.EventEmitter<undefined>();
  #outline: readonly ItemNode[] | undefined;
  #reasons: ReasonsByPath = new Map();

  constructor(review: () => OpenReview | undefined, diffs: Pick<ReviewDiffs, 'commandFor'>) {
    this.#review = review;
    this.#diffs = diffs;
  }

  get onDidChangeTreeData() {
    return this.#onDidChange.event;
  }

  /** Empty when there is no review. */
  get outline(): readonly ItemNode[] {
    const open = this.#review();
    this.#outline ??= open ? outlineReview(open.review, this.#reasons) : [];
    return this.#outline;
  }

  /** Shows why files deserve a look, unless it does already. */
  setReasons(reasons: ReasonsByPath): void {
    if (reasons === this.#reasons) return;
    this.#reasons = reasons;
    this.refresh();
  }

  refresh(): void {
    this.#outline = undefined;
    this.#onDidChange.fire(undefined);
  }

  getChildren(node?: ReviewNode): ReviewNode[] {
    if (!node) return [...this.outline];
    return node.kind === 'hunk' ? [] : [...node.children];
  }

  getParent(node: ReviewNode): ReviewNode | undefined {
    const files = this.outline.flatMap(item => item.children);
    if (node.kind === 'hunk') return files.find(file => file.children.some(child => child.id === node.id));
    return this.outline.find(item => item.children.some(child => child.id === node.id));
  }

  /** The node of a hunk; undefined when there is none any more. */
  find(path: string, hunkId: string): HunkNode | undefined {
    const files = this.outline.flatMap(item => item.children);
    return files.find(({ file }) => file.path === path)?.children.find(({ hunk }) => hunk.id === hunkId);
  }

  getTreeItem(node: ReviewNode): vscode.TreeItem {
    const shown = new vscode.TreeItem(node.label, this.#stateOf(node));
    shown.id = node.id;
    shown.description = node.description;
    shown.tooltip = node.tooltip;
    shown.contextValue = node.kind;
    shown.checkboxState = {
      state: node.isChecked ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
      tooltip: node.isChecked ? 'Accepted; uncheck to reject' : 'Check to accept all of it',
      accessibilityInformation: { label: node.spoken, role: 'checkbox' },
    };
    shown.accessibilityInformation = { label: node.spoken };
    const command = this.#commandOf(node);
    if (command) shown.command = command;
    this.#addIcon(shown, node);
    return shown;
  }

  dispose(): void {
    this.#onDidChange.dispose();
  }

  /** Opens the diff, at the hunk or at the first one of the file. */
  #commandOf(node: ReviewNode): vscode.Command | undefined {
    const open = this.#review();
    if (!open || node.kind === 'item') return undefined;
    const places = placesOf(node.file.hunks, node.file.change.after ? 'after' : 'before');
    const place = node.kind === 'hunk' ? places.find(({ hunk }) => hunk.id === node.hunk.id) : places[0];
    return this.#diffs.commandFor(open, node.file, place?.startLine);
  }

  #stateOf(node: ReviewNode): vscode.TreeItemCollapsibleState {
    if (node.kind === 'hunk') return vscode.TreeItemCollapsibleState.None;
    const files = this.outline.reduce((sum, item) => sum + item.children.length, 0);
    if (node.kind === 'item' || files <= expandedFiles) return vscode.TreeItemCollapsibleState.Expanded;
    return vscode.TreeItemCollapsibleState.Collapsed;
  }

  #addIcon(shown: vscode.TreeItem, node: ReviewNode): void {
    if (node.kind === 'file') {
      this.#addFileIcon(shown, node);
    } else if (node.kind === 'hunk' && node.isNeeded) {
      shown.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
    } else if (node.needsLook) {
      shown.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
    } else if (node.kind === 'item') {
      shown.iconPath = new vscode.ThemeIcon(node.item ? modeIcons[node.item.mode] : 'question');
    } else {
      shown.iconPath = hunkIcon(node);
    }
  }

  /** The icon that the user's theme has for such a file. */
  #addFileIcon(shown: vscode.TreeItem, { file, needsLook }: FileNode): void {
    const runId = this.#review()?.runId ?? '';
    shown.resourceUri = stagedUri({ runId, path: file.path });
    shown.iconPath = needsLook
      ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
      : vscode.ThemeIcon.File;
  }
}

function hunkIcon({ hunk: { additions, deletions, decision } }: HunkNode): vscode.ThemeIcon {
  if (decision === 'rejected') return new vscode.ThemeIcon('circle-slash', new vscode.ThemeColor('disabledForeground'));
  const [icon, colour] =
    deletions === 0 && additions > 0
      ? (['diff-added', 'added'] as const)
      : additions === 0 && deletions > 0
        ? (['diff-removed', 'deleted'] as const)
        : (['diff-modified', 'modified'] as const);
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(`gitDecoration.${colour}ResourceForeground`));
}
