// Whether three-way merges come out as `git merge-file` has them, conflict markers included.
//   node bench/merge/main.ts [triples = 10000] [seed = 1]
import {
  explainDifference,
  isSameMerge,
  type MergeDifference,
  mergeByGit,
  mergeByUs,
  mergeTriple,
} from '../../test/support/edits/mergeTriples.ts';

const BATCH = 500;
/** Where lines are the same there are several shortest scripts, and now and then git takes another one, or a longer one. */
const MAX_DIFFERENT_SHARE = 0.005;

const wanted = Number(process.argv[2] ?? 10_000);
const firstSeed = Number(process.argv[3] ?? 1);

let clean = 0;
const differences: Record<MergeDifference, number[]> = { sameSize: [], longer: [], shorter: [], none: [] };
for (let seed = firstSeed; seed < firstSeed + wanted; seed += BATCH) {
  const size = Math.min(BATCH, firstSeed + wanted - seed);
  const triples = Array.from({ length: size }, (_, index) => mergeTriple(seed + index));
  const byGit = mergeByGit(triples);
  for (const [index, triple] of triples.entries()) {
    const git = byGit[index];
    if (git?.isClean) clean++;
    if (git && !isSameMerge(mergeByUs(triple), git)) differences[explainDifference(triple)].push(triple.seed);
  }
}
const different = Object.values(differences).flat().length;
console.log('| triples | git merges | git finds conflicts | the same | other |\n| ---: | ---: | ---: | ---: | ---: |');
console.log(`| ${wanted} | ${clean} | ${wanted - clean} | ${wanted - different} | ${different} |\n`);
console.log('| why another result | triples | seeds |\n| --- | ---: | --- |');
console.log(`| git changes as many lines, at another of equal places | ${row(differences.sameSize)} |`);
console.log(`| git changes more lines than are needed | ${row(differences.longer)} |`);
console.log(`| git changes fewer lines | ${row(differences.shorter)} |`);
console.log(`| the scripts are the same | ${row(differences.none)} |`);
const isMissed = different > wanted * MAX_DIFFERENT_SHARE || differences.none.length + differences.shorter.length > 0;
console.log(isMissed ? '\nA limit is missed.' : '\nEvery limit is kept.');
process.exitCode = isMissed ? 1 : 0;

function row(seeds: readonly number[]): string {
  return `${seeds.length} | ${seeds.slice(0, 10).join(', ')}`;
}
