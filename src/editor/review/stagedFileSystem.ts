import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import { errorMessage } from '../../base/errors.ts';
import { type ReviewFile, stagedText } from '../../orchestrator/review/reviewFile.ts';
import type { OpenReview } from './openReview.ts';
import { addressOf, stagedScheme, stagedUri } from './reviewAddress.ts';

interface Known {
  readonly uri: vscode.Uri;
  readonly hash: string | undefined;
  /** Goes up with every change; the editor reads a file again when it did. */
  readonly revision: number;
}

export interface StagedFileSystemOptions {
  readonly review: () => OpenReview | undefined;
  readonly scheme?: string;
}

/** The staged texts as files that the editor opens, edits and saves; saving writes into the review and nowhere else. */
export class StagedFileSystem implements vscode.FileSystemProvider, Disposable {
  readonly #options: StagedFileSystemOptions;
  readonly #changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  /** What the editor asked about, by address. */
  readonly #known = new Map<string, Known>();
  #revisions = 0;

  constructor(options: StagedFileSystemOptions) {
    this.#options = options;
  }

  get scheme(): string {
    return this.#options.scheme ?? stagedScheme;
  }

  get onDidChangeFile() {
    return this.#changes.event;
  }

  /** The address of a staged text; undefined for a file that is to be deleted, or is no text. */
  uriOf(file: ReviewFile): vscode.Uri | undefined {
    const runId = this.#options.review()?.runId;
    if (runId === undefined || stagedText(file) === undefined) return undefined;
    return stagedUri({ runId, path: file.path }, this.scheme);
  }

  /** Has the editor read again what is not as it was. */
  refresh(): void {
    const stale = [...this.#known.values()].filter(({ uri, hash }) => this.#find(uri)?.change.after?.hash !== hash);
    for (const { uri } of stale) this.#look(uri);
    if (stale.length > 0) this.#changes.fire(stale.map(({ uri }) => ({ type: vscode.FileChangeType.Changed, uri })));
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const text = this.#textOf(uri);
    const { revision } = this.#look(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime: revision, size: encode(text, uri).length };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    this.#look(uri);
    return encode(this.#textOf(uri), uri);
  }

  writeFile(uri: vscode.Uri, content: Uint8Array): void {
    const open = this.#options.review();
    if (!open?.isPending) {
      throw vscode.FileSystemError.NoPermissions('The staged text cannot be changed while nothing waits for a review.');
    }
    this.#textOf(uri);
    try {
      open.review.edit(addressOf(uri).path, new TextDecoder('utf-8', { fatal: true }).decode(content));
    } catch (error) {
      throw vscode.FileSystemError.NoPermissions(errorMessage(error));
    }
    this.#look(uri);
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#changes.dispose();
  }

  #find(uri: vscode.Uri): ReviewFile | undefined {
    const { runId, path } = addressOf(uri);
    const open = this.#options.review();
    return open?.runId === runId ? open.review.files.find(file => file.path === path) : undefined;
  }

  #textOf(uri: vscode.Uri): string {
    const file = this.#find(uri);
    const text = file && stagedText(file);
    if (text === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return text;
  }

  /** Notes what the file is now. */
  #look(uri: vscode.Uri): Known {
    const known = this.#known.get(uri.toString());
    const hash = this.#find(uri)?.change.after?.hash;
    if (known?.hash === hash && known) return known;
    this.#revisions += 1;
    const fresh = { uri, hash, revision: this.#revisions };
    this.#known.set(uri.toString(), fresh);
    return fresh;
  }
}

/** UTF-8; with the mark by which the editor knows it, where the user has it read files in another encoding. */
function encode(text: string, uri: vscode.Uri): Uint8Array {
  const files = vscode.workspace.getConfiguration('files', uri);
  const isPlain = files.get('encoding') === 'utf8' && files.get('autoGuessEncoding') !== true;
  return Buffer.from(isPlain ? text : `\ufeff${text}`);
}
