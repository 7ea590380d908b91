import { Buffer } from 'node:buffer';
import { stagedChanges } from '../../src/changes/fileChange.ts';
import { fileVersion } from '../../src/changes/memoryBlobStore.ts';
import type { StagedChange } from '../../src/changes/stagedFiles.ts';

interface Side {
  readonly content: string | Uint8Array;
  readonly isExecutable?: boolean;
}

/** The change of one file; undefined: it is not there. `movedFrom`: it was renamed. */
export function stagedChange(
  path: string,
  before: string | Side | undefined,
  after: string | Side | undefined,
  movedFrom?: string,
): StagedChange {
  const version = (side: string | Side | undefined) => {
    if (side === undefined) return undefined;
    const { content, isExecutable = false } = typeof side === 'string' ? { content: side } : side;
    return fileVersion(typeof content === 'string' ? Buffer.from(content) : content, isExecutable);
  };
  const common = { loosestMatch: undefined };
  const [change] = stagedChanges(
    movedFrom === undefined
      ? [{ ...common, path, before: version(before), after: version(after), movedFrom }]
      : [
          { ...common, path, before: undefined, after: version(after), movedFrom },
          { ...common, path: movedFrom, before: version(before), after: undefined, movedFrom: undefined },
        ],
  );
  if (!change) throw new Error('There is no change.');
  return change;
}

export function textOfChange(change: StagedChange | undefined): string | undefined {
  return change?.after && Buffer.from(change.after.content).toString();
}
