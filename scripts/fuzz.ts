// Random replies to the parser of edits until the time is up; the first that breaks a rule, or is never done, ends it and is
// kept in test/fixtures/fuzz, where a test tries it from then on.   npm run fuzz [-- minutes = 10 [first seed = by the clock]]
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { errorMessage } from '../src/base/errors.ts';
import { randomReply } from '../test/support/edits/randomReply.ts';
import { SeededRandom } from '../test/support/seededRandom.ts';
import { repository } from './command.ts';

const MINUTE_MS = 60_000;
/** A reply that takes longer is taken for one that is never done. */
const MAX_REPLY_MS = 30_000;

const minutes = Number(process.argv[2] ?? 10);
const firstSeed = Number(process.argv[3] ?? Date.now() % 1_000_000_000);
if (!(minutes > 0) || !Number.isInteger(firstSeed))
  throw new Error('Give the minutes and, to repeat a run, the first seed: npm run fuzz -- 10 1');

console.log(`${minutes} minutes of random replies from seed ${firstSeed} on`);
/** The seed at work. */
const progress = new Float64Array(new SharedArrayBuffer(8));
const reason = await fuzz();
const seed = progress[0] ?? firstSeed;
if (reason === undefined) console.log(`${seed - firstSeed} replies held, seeds ${firstSeed} to ${seed - 1}.`);
else {
  const folder = path.join(repository, 'test/fixtures/fuzz');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `seed-${seed}.json`);
  await writeFile(
    file,
    `${JSON.stringify({ found: reason, reply: randomReply(new SeededRandom(seed)) }, undefined, 2)}\n`,
  );
  console.log(`Seed ${seed} breaks a rule, and is kept in ${file}:\n${reason}`);
  process.exitCode = 1;
}

/** Ends when the time is up, with undefined, or with what was wrong with the reply of the seed at work. */
async function fuzz(): Promise<string | undefined> {
  const worker = new Worker(new URL('fuzzWorker.ts', import.meta.url), {
    workerData: { progress, firstSeed },
    resourceLimits: { maxOldGenerationSizeMb: 1_000 },
  });
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  worker.on('error', error => {
    resolve(errorMessage(error));
  });
  const timeUp = setTimeout(() => {
    resolve(undefined);
  }, minutes * MINUTE_MS);
  let lastSeed: number | undefined;
  const watch = setInterval(() => {
    if (progress[0] === lastSeed) resolve('the reply is never done');
    lastSeed = progress[0];
  }, MAX_REPLY_MS);
  try {
    return await promise;
  } finally {
    clearTimeout(timeUp);
    clearInterval(watch);
    await worker.terminate();
  }
}
