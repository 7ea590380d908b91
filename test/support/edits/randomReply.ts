// Replies that no model would write, or nearly those that one would.
import type { SeededRandom } from '../seededRandom.ts';

const PIECES: readonly string[] = [
  '',
  'a line',
  '    indented',
  'src/a.ts',
  '`src/b.ts`:',
  '### src/c.md (new file)',
  '../../etc/passwd',
  '```',
  '```ts',
  '```ts src/a.ts',
  '````md',
  '````',
  '~~~',
  '<<<<<<< SEARCH',
  '<<<<<<<<< SEARCH',
  '<<<<<<< ORIGINAL',
  '------- SEARCH',
  '=======',
  '=========',
  '>>>>>>> REPLACE',
  '>>>>>>>>> REPLACE',
  '>>>>>>>',
  '+++++++ REPLACE',
  '--- a/src/a.ts',
  '+++ b/src/a.ts',
  '+++ /dev/null',
  '--- /dev/null',
  'diff --git a/src/a.ts b/src/b.ts',
  'rename from src/a.ts',
  'rename to src/b.ts',
  'new file mode 100755',
  '@@ -1,2 +1,3 @@ heading',
  '@@',
  '@@ class A',
  ' context',
  '-deleted',
  '+added',
  '\\ No newline at end of file',
  '*** Begin Patch',
  '*** End Patch',
  '*** Add File: src/new.ts',
  '*** Update File: src/a.ts',
  '*** Delete File: src/b.ts',
  '*** Move to: src/d.ts',
  '*** End of File',
  '// ... existing code ...',
  '\u0000',
  '\ufeff',
  '“quoted” – text',
  '\ud800',
  '\r',
];

/** The lines of the files that the replies are about. */
export const FILE: readonly string[] = [
  'a line',
  '    indented',
  'context',
  'deleted',
  'class A',
  '',
  '=======',
  'a line',
  '“quoted” – text',
];

/** Whole blocks in every dialect, to be damaged. */
const BLOCKS: readonly string[] = [
  'src/a.ts\n```ts\na line\n    indented\ncontext\n```',
  '### `src/c.md` (new file)\n````md\nText\n```\nx\n```\n````',
  'src/c.md\n```md\nText\n```js\nx\n```\nmore\n```',
  '```ts src/new.ts\nexport const a = 1;\n```',
  'src/a.ts\n```ts\n<<<<<<< SEARCH\ncontext\ndeleted\n=======\ncontext\nadded\n>>>>>>> REPLACE\n\n<<<<<<< SEARCH\nclass A\n=======\nclass B\n>>>>>>> REPLACE\n```',
  '`src/a.ts`:\n------- SEARCH\n    indented\n=======\n+++++++ REPLACE',
  'src/a.ts\n<<<<<<<<< SEARCH\n=======\n=========\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n>>>>>>>>> REPLACE',
  '```diff\n--- a/src/a.ts\n+++ b/src/a.ts\n@@ -3,2 +3,2 @@ a line\n context\n-deleted\n+added\n```',
  '```diff\ndiff --git a/src/a.ts b/src/d.ts\nsimilarity index 90%\nrename from src/a.ts\nrename to src/d.ts\n--- a/src/a.ts\n+++ b/src/d.ts\n@@ -3 +3 @@\n-context\n+other\ndiff --git a/src/b.ts b/src/b.ts\ndeleted file mode 100644\n--- a/src/b.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-a line\n```',
  '--- /dev/null\n+++ b/src/new.ts\n@@ -0,0 +1,2 @@\n+x\n+y\n',
  '```diff\n--- a/src/c.md\n+++ b/src/c.md\n@@ -1,4 +1,4 @@\n a line\n```\n-    indented\n+x\n context\n```',
  '*** Begin Patch\n*** Update File: src/a.ts\n*** Move to: src/d.ts\n@@ class A\n-\n+x\n*** Delete File: src/b.ts\n*** Add File: src/new.ts\n+x\n*** End Patch',
  '```\n*** Begin Patch\n*** Update File: src/a.ts\n@@\n class A\n+x\n*** End of File\n*** End Patch\n```',
  '<done>\nsrc/a.ts\n```ts\na line\n```</done>',
  'Run this:\n```sh\nnpm test\n```',
];

/** Half of them lines in any order, half blocks of which some lines are lost, doubled, moved or put in. */
export function randomReply(random: SeededRandom): string {
  const lines = random.chance(0.5) ? looseLines(random) : damagedBlocks(random);
  return lines.join(random.chance(0.05) ? '\r\n' : '\n') + (random.chance(0.5) ? '\n' : '');
}

function looseLines(random: SeededRandom): string[] {
  return Array.from({ length: random.below(40) }, () => {
    const piece = random.pick(random.chance(0.2) ? FILE : PIECES);
    const at = random.below(piece.length + 1);
    return random.chance(0.05) ? piece.slice(0, at) + random.pick(PIECES) + piece.slice(at) : piece;
  });
}

function damagedBlocks(random: SeededRandom): string[] {
  const lines = Array.from({ length: 1 + random.below(5) }, () => [
    ...random.pick(BLOCKS).split('\n'),
    ...Array.from({ length: random.below(3) }, () => random.pick(FILE)),
  ]).flat();
  for (let damage = random.below(4); damage > 0; damage--) {
    const at = random.below(lines.length);
    const kind = random.below(4);
    if (kind === 0) lines.splice(at, 1);
    else if (kind === 1) lines.splice(at, 0, random.pick(lines));
    else if (kind === 2) lines.splice(at, 0, random.pick(PIECES));
    else lines.length = Math.max(1, at);
    if (lines.length === 0) lines.push('');
  }
  return lines;
}
