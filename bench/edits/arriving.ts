// What it takes to look at a reply while it arrives, four characters at a time.   node bench/edits/arriving.ts
import { tellOfEdits } from '../../src/agents/arrivingEdits.ts';

const CHARACTERS = 1_000_000;
const PIECE = 4;
/** Of one piece, in time of the processor: the event loop has its turns between pieces. */
const MAX_PIECE_MS = 50;
/** Of the whole reply: models take minutes to write so much. */
const MAX_TOTAL_MS = 2_000;

/** What is repeated behind a beginning. Most of it is made to be gone through again and again. */
const replies: Readonly<Record<string, readonly [beginning: string, repeated: string]>> = {
  prose: ['', 'A line of prose that says something about the change.\n'],
  'one long file': ['src/a.ts\n````ts\n', 'export const value = compute(1, 2);\n'],
  'many short files': ['', 'src/a.ts\n```ts\nexport const value = compute(1, 2);\n```\n\n'],
  'many search/replace blocks': ['src/a.ts\n', '<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n\n'],
  'one long diff': ['--- a/a.ts\n+++ b/a.ts\n@@ -1,9 +1,900000 @@\n', '+export const value = compute(1, 2);\n'],
  'one long patch': ['*** Begin Patch\n*** Add File: a.ts\n', '+export const value = compute(1, 2);\n'],
  'one line': ['', 'x'],
  'blank lines': ['', '\n'],
  'fences in a file': ['a.md\n````md\n', '```\n'],
  'fences in a fence without a file': ['~~~\n', '```\n'],
  'a block with dividing rows': ['a.ts\n<<<<<<< SEARCH\n', '=======\n'],
  'a block with closing rows of another length': ['a.ts\n<<<<<<< SEARCH\n', '>>>>>> REPLACE\n'],
  'a diff of short lines': ['--- a/a.ts\n+++ b/a.ts\n@@ -1,9 +1,900000 @@\n', '+x\n'],
  'fences in a diff': ['```diff\n--- a/a.md\n+++ b/a.md\n@@ -1,9 +1,900000 @@\n', '```\n+x\n'],
  'a diff of empty hunks': ['```diff\n--- a/a.ts\n+++ b/a.ts\n', '@@ -1,2 +1,2 @@\n'],
  'a patch of empty files': ['*** Begin Patch\n', '*** Add File: a.ts\n'],
  'headers of a diff': ['', 'Index: a.ts\n'],
};

const missed: string[] = [];
console.log('| 1 MB of | limit | longest piece | limit | in all |\n| --- | ---: | ---: | ---: | ---: |');
for (const [name, [beginning, repeated]] of Object.entries(replies)) {
  const reply = (beginning + repeated.repeat(CHARACTERS / repeated.length)).slice(0, CHARACTERS);
  const take = listener();
  const totalMs = processorTime(() => forEachPiece(reply, take));
  const takeTimed = listener();
  let longestMs = 0;
  forEachPiece(reply, piece => {
    longestMs = Math.max(
      longestMs,
      processorTime(() => takeTimed(piece)),
    );
  });
  if (longestMs >= MAX_PIECE_MS || totalMs >= MAX_TOTAL_MS) missed.push(name);
  const pieceColumns = `${MAX_PIECE_MS} ms | ${longestMs.toFixed(0)} ms`;
  console.log(`| ${name} | ${pieceColumns} | ${MAX_TOTAL_MS} ms | ${totalMs.toFixed(0)} ms |`);
}
console.log(missed.length === 0 ? '\nEvery limit is kept.' : `\nMissed: ${missed.join('; ')}.`);
process.exitCode = missed.length === 0 ? 0 : 1;

function listener(): (piece: string) => void {
  const ignore = () => undefined;
  return tellOfEdits('src/target.ts', { editBegun: ignore, editUnusable: ignore }).onText;
}

function forEachPiece(reply: string, take: (piece: string) => void): void {
  for (let at = 0; at < reply.length; at += PIECE) take(reply.slice(at, at + PIECE));
}

/** Of this thread, in milliseconds: what others do on the machine does not count. */
function processorTime(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
