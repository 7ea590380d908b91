// How many edits are applied, refused and, above all, misapplied: real edits in every dialect, clean and corrupted by seed.
//   node bench/edits/main.ts [corrupted edits = 20000] [seed = 1]
import { type EditTally, editSources, tallyClean, tallyCorrupted } from '../../test/support/edits/tallyEdits.ts';

const LEAST_CLEAN_SHARE = 0.995;
/** Fewer edits than this in the history are too few to say anything. */
const LEAST_HISTORY = 200;

const count = Number(process.argv[2] ?? 20_000);
const firstSeed = Number(process.argv[3] ?? 1);

const failures: string[] = [];
const sources = editSources();
if (sources.history.length < LEAST_HISTORY)
  failures.push(
    `The git history here has ${sources.history.length} edits and the bench wants ${LEAST_HISTORY}: run it in a whole clone (git fetch --unshallow).`,
  );
console.log(`${sources.history.length} edits from the history, ${sources.packages.length} from packages\n`);

const table = (head: string, rows: Iterable<readonly [string, EditTally]>) => {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  console.log(`| ${head} | edits | applied | refused | misapplied |\n| --- | ---: | ---: | ---: | ---: |`);
  for (const [name, tally] of rows)
    if (tally.total > 0)
      console.log(
        `| ${name} | ${tally.total} | ${percent(tally.share('applied'))} | ${percent(tally.share('refused'))} | ${tally.counts.misapplied} |`,
      );
  console.log('');
};

const clean = await tallyClean(sources);
table('clean edits', clean.byDialect);
for (const [dialect, tally] of clean.byDialect)
  if (tally.share('applied') < LEAST_CLEAN_SHARE) failures.push(`Too few clean edits are applied: ${dialect}.`);

const corrupted = await tallyCorrupted(sources, count, firstSeed);
table('corrupted edits', [...corrupted.byDialect, ['all', corrupted.all] as const]);
table('corruption', corrupted.byCorruption);

for (const report of [clean, corrupted]) {
  failures.push(
    ...report.misapplied.map(name => `Misapplied: ${name}`),
    ...report.refusedWithoutReason.map(name => `Refused without a reason: ${name}`),
    ...report.refusedWithoutNearest.map(name => `Refused without the nearest lines: ${name}`),
  );
}
for (const failure of failures.slice(0, 50)) console.log(failure);
console.log(failures.length === 0 ? 'Every limit is kept.' : `${failures.length} limits are missed.`);
process.exitCode = failures.length === 0 ? 0 : 1;
