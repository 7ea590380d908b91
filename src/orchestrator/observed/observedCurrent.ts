import type { FileVersion } from '../../changes/stagedFiles.ts';
import { versionReferenceSchema } from '../../domain/schema/changes.ts';
import type { ContentStore } from '../../journal/journal.ts';
import type { ChangeSink } from '../changeSink.ts';
import { findVersion, keepVersion } from './keptVersion.ts';
import type { Observer } from './observer.ts';

export interface CurrentFiles {
  readonly sink: ChangeSink;
  /** A workspace file as it is on the disk. */
  readonly currentVersion: (path: string) => Promise<FileVersion | undefined>;
}

/** What accepted changes are held against: the files as the user has them, whoever knows that. */
export function observedCurrent(
  { sink, currentVersion }: CurrentFiles,
  observer: Observer,
  contents: ContentStore,
): CurrentFiles {
  const observed = (look: CurrentFiles['currentVersion']) => async (path: string) => {
    let version: FileVersion | undefined;
    const schema = versionReferenceSchema.nullable();
    const reference = await observer.observe({ what: 'current', subject: [path], schema }, async () => {
      version = await look(path);
      return keepVersion(version, contents);
    });
    return version ?? findVersion(reference, path, contents);
  };
  return {
    sink: {
      apply: (changes, options) => sink.apply(changes, options),
      ...(sink.current && { current: observed(async path => sink.current?.(path)) }),
    },
    currentVersion: observed(currentVersion),
  };
}
