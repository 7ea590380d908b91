import { Buffer } from 'node:buffer';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DiskChangeSink } from '../../src/changes/accept/diskChangeSink.ts';
import { diskCalls, type FileCalls } from '../../src/changes/accept/fileCalls.ts';
import type { WantedChange } from '../../src/changes/accept/planOperations.ts';
import { fileVersion } from '../../src/changes/memoryBlobStore.ts';
import { DiskWorkspace } from '../../src/changes/workspace/diskWorkspace.ts';

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

/** What an editor does for `projectChanges`, one file at a time. */
export const projectWrites: readonly ((project: string) => void)[] = [
  project => writeFileSync(path.join(project, 'edited.ts'), projectAfter['edited.ts']),
  project => rmSync(path.join(project, 'deleted.ts')),
  project => mkdirSync(path.join(project, 'new/folder'), { recursive: true }),
  project => writeFileSync(path.join(project, 'new/folder/moved.ts'), projectAfter['new/folder/moved.ts']),
  project => rmSync(path.join(project, 'moved.ts')),
  project => writeFileSync(path.join(project, 'new/run.sh'), 'echo\n', { mode: 0o755 }),
  project => writeFileSync(path.join(project, 'folder/inner.ts'), projectAfter['folder/inner.ts']),
];

/** Makes these writes; calls `interrupt` before the one with the number `step`, 0 for the first, or after the last. */
export function writeProject(project: string, step = Number.POSITIVE_INFINITY, interrupt?: () => void): Promise<void> {
  for (const [index, write] of projectWrites.entries()) {
    if (index === step) interrupt?.();
    write(project);
  }
  if (step === projectWrites.length) interrupt?.();
  return Promise.resolve();
}

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
    clock: { now: () => (time = Math.max(time + 1, Date.now())), sleep: () => Promise.resolve() },
    ids: prefix => `${prefix}_${process.pid}_${++lastId}`,
    limits,
    calls,
  });
}
