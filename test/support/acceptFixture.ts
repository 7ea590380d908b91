import { Buffer } from 'node:buffer';
import path from 'node:path';
import { DiskChangeSink } from '../../src/changes/accept/diskChangeSink.ts';
import { diskCalls, type FileCalls } from '../../src/changes/accept/fileCalls.ts';
import type { WantedChange } from '../../src/changes/accept/planOperations.ts';
import { DiskWorkspace } from '../../src/changes/diskWorkspace.ts';
import { fileVersion } from '../../src/changes/memoryBlobStore.ts';

const version = (text: string | undefined, isExecutable = false) =>
  text === undefined ? undefined : fileVersion(Buffer.from(text), isExecutable);

/** A change from one text to another; undefined: no file. */
export function wanted(
  file: string,
  before: string | undefined,
  after: string | undefined,
  isExecutable = false,
): WantedChange {
  return { path: file, before: version(before), after: version(after, isExecutable) };
}

export const projectBefore = {
  'edited.ts': 'one\ntwo\nthree\n',
  'deleted.ts': 'gone\n',
  'moved.ts': 'moved\n',
  'kept.ts': 'kept\n',
  'folder/inner.ts': 'inner\n',
};

/** Edits, a new file in a new folder, a deletion, a rename: everything that an accept does. */
export const projectChanges: readonly WantedChange[] = [
  wanted('edited.ts', projectBefore['edited.ts'], 'one\nTWO\nthree\n'),
  wanted('deleted.ts', projectBefore['deleted.ts'], undefined),
  { ...wanted('new/folder/moved.ts', projectBefore['moved.ts'], 'moved\nand edited\n'), previousPath: 'moved.ts' },
  wanted('new/run.sh', undefined, 'echo\n', true),
  wanted('folder/inner.ts', projectBefore['folder/inner.ts'], 'INNER\n'),
];

export const projectAfter = {
  'edited.ts': 'one\nTWO\nthree\n',
  'kept.ts': 'kept\n',
  'folder/inner.ts': 'INNER\n',
  'new/folder/moved.ts': 'moved\nand edited\n',
  'new/run.sh': 'echo\n [executable]',
};

let time = 0;
let lastId = 0;

/** A sink for `root/project`, with its checkpoints in `root/storage`. */
export async function openSink(
  root: string,
  calls: FileCalls = diskCalls,
  limits = { maxCount: 10, maxBytes: 1_000_000 },
) {
  const workspace = await DiskWorkspace.open(path.join(root, 'project'));
  return new DiskChangeSink({
    workspace,
    storage: path.join(root, 'storage'),
    clock: { now: () => ++time, sleep: () => Promise.resolve() },
    ids: prefix => `${prefix}_${process.pid}_${++lastId}`,
    limits,
    calls,
  });
}
