import { StorageError } from '../../base/errors.ts';
import type { FileVersion } from '../../changes/stagedFiles.ts';
import type { VersionReference } from '../../domain/schema/changes.ts';
import type { ContentStore } from '../../journal/journal.ts';

/** Keeps the content; what is left of the version goes into an observation. */
export function keepVersion(version: FileVersion | undefined, contents: ContentStore): VersionReference | null {
  if (!version) return null;
  contents.put(version.content);
  return { hash: version.hash, isExecutable: version.isExecutable };
}

/** The version again. Throws `StorageError` when its content is gone. */
export function findVersion(
  reference: VersionReference | null,
  path: string,
  contents: ContentStore,
): FileVersion | undefined {
  if (!reference) return undefined;
  const content = contents.get(reference.hash);
  if (content) return { ...reference, content };
  throw new StorageError(`The journal no longer holds the content of ${path} (${reference.hash.slice(0, 12)}).`);
}
