// The addresses under which the editor knows the files of a review.
import * as vscode from 'vscode';

/** Scheme of the right side of a diff: the staged text, which can be edited. */
export const stagedScheme = 'trellis-staged';

/** Scheme of the read-only sides of a diff: content of the journal, by hash. */
export const changeScheme = 'trellis-change';

/** A file of the run, relative to the workspace. */
export interface ReviewAddress {
  readonly runId: string;
  readonly path: string;
}

export function stagedUri({ runId, path }: ReviewAddress, scheme = stagedScheme): vscode.Uri {
  return vscode.Uri.from({ scheme, authority: runId, path: `/${path}` });
}

/** A content of the journal of the folder `root`; without a hash, an empty text. */
export function contentUri({ runId, path }: ReviewAddress, root: string, hash: string | undefined): vscode.Uri {
  const query = hash === undefined ? '' : new URLSearchParams({ root, hash }).toString();
  return vscode.Uri.from({ scheme: changeScheme, authority: runId, path: `/${path}`, query });
}

/** The file that an address of either scheme stands for. */
export function addressOf({ authority, path }: vscode.Uri): ReviewAddress {
  return { runId: authority, path: path.slice(1) };
}

/** The hash of the content that `contentUri` addresses. */
export function hashOf({ query }: vscode.Uri): string | undefined {
  return new URLSearchParams(query).get('hash') ?? undefined;
}
