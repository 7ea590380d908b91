// The time on the clock that edits to a large file and a large staging take.   node bench/edits/speed.ts
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEdits } from '../../src/agents/dialects/parseEdits.ts';
import { unifiedPatch } from '../../src/changes/diff/unifiedPatch.ts';
import { applyEdits } from '../../src/changes/edits/applyEdits.ts';
import { fileVersion, MemoryBlobStore } from '../../src/changes/memoryBlobStore.ts';
import { StagingOverlay } from '../../src/changes/staging/stagingOverlay.ts';
import { DiskWorkspace } from '../../src/changes/workspace/diskWorkspace.ts';
import type { FileEdit } from '../../src/domain/schema/changes.ts';
import { inventEdit } from '../../test/support/edits/editPair.ts';
import { encodeLines } from '../../test/support/edits/fileStyle.ts';
import { packageFiles } from '../../test/support/edits/realPairs.ts';
import { renderEdit, renderedDialects, writeEdit } from '../../test/support/edits/renderEdit.ts';
import { SeededRandom } from '../../test/support/seededRandom.ts';

const LINES = 2_000;
const MAX_APPLY_MS = 10;
const FILES = 1_000;
const MAX_STAGING_MS = 2_000;

const missed: string[] = [];

async function measure(name: string, limitMs: number, repetitions: number, work: () => Promise<void>): Promise<void> {
  const times: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  times.sort((left, right) => left - right);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? 0;
  if (at(0.5) >= limitMs) missed.push(name);
  console.log(`| ${name} | ${limitMs} ms | ${at(0.5).toFixed(1)} ms | ${at(0.99).toFixed(1)} ms | ${repetitions} |`);
}

console.log('| what | limit | median | p99 | times |\n| --- | ---: | ---: | ---: | ---: |');

const source = packageFiles()
  .flatMap(file => file.lines)
  .slice(0, LINES);
const pair = inventEdit(new SeededRandom(1), 'src/file.ts', source);
const version = fileVersion(encodeLines(source, 'plain'), false);
for (const dialect of renderedDialects) {
  const reply = renderEdit(writeEdit(pair, dialect));
  await measure(`parse and apply to ${LINES} lines, ${dialect}`, MAX_APPLY_MS, 200, async () => {
    const result = await applyEdits(parseEdits(reply).edits, name =>
      Promise.resolve({ ok: true, path: name, version }),
    );
    if (!result.ok) throw new Error(result.problems[0]?.reason);
  });
}

const folder = await mkdtemp(path.join(tmpdir(), 'trellis-staging-'));
try {
  const files = new Map<string, readonly string[]>();
  for (let index = 0; index < FILES; index++) {
    const file = `src/folder${index % 40}/file${index}.ts`;
    const lines = source.slice(index, index + 100);
    files.set(file, lines);
    await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
    await writeFile(path.join(folder, file), encodeLines(lines, 'plain'));
  }
  await measure(`${FILES} files staged by two items, merged and diffed`, MAX_STAGING_MS, 5, () => stage(files));
} finally {
  await rm(folder, { recursive: true });
}
console.log(missed.length === 0 ? '\nEvery limit is kept.' : `\nMissed: ${missed.join('; ')}.`);
process.exitCode = missed.length === 0 ? 0 : 1;

/** Both items edit every file, one near its head and one near its tail. */
async function stage(files: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const workspace = await DiskWorkspace.open(folder);
  const staged = new StagingOverlay({ workspace, blobs: new MemoryBlobStore() });
  for (const [itemId, at] of [
    ['head', 2],
    ['tail', 96],
  ] as const) {
    const view = await staged.viewFor(itemId, []);
    const edits = [...files].map(([file, lines]): FileEdit => {
      const content = encodeLines(lines.with(at, `edited by ${itemId}`), 'plain').toString();
      return { type: 'writeFile', path: file, content, mustBeNew: false };
    });
    const result = await view.apply(edits);
    const merge = await staged.commit(itemId);
    if (!result.ok || !merge.ok) throw new Error('The edits do not merge.');
  }
  const changes = await staged.changes();
  if (changes.length !== FILES || unifiedPatch(changes) === '') throw new Error('Not every file has changed.');
}
