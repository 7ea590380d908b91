// Tries one seed after the other for scripts/fuzz.ts, until it is stopped or one fails.
import { workerData } from 'node:worker_threads';
import { parseEdits } from '../src/agents/dialects/parseEdits.ts';
import { checkReply } from '../test/support/edits/fuzzReply.ts';
import { randomReply } from '../test/support/edits/randomReply.ts';
import { SeededRandom } from '../test/support/seededRandom.ts';

const { progress, firstSeed } = workerData as { readonly progress: Float64Array; readonly firstSeed: number };
/** Seeds after which one is tried at length. */
const BETWEEN_LONG_REPLIES = 500;
const LONG_REPLY_CHARACTERS = 100_000;
const GROWTH = 4;
/** The time may grow so many times faster than the reply does: a machine that has other things to do measures badly. */
const ALLOWANCE = 4;
const ALLOWANCE_MS = 200;

for (let seed = firstSeed; ; seed++) {
  progress[0] = seed;
  const random = new SeededRandom(seed);
  const reply = randomReply(random);
  await checkReply(reply, random);
  if (seed % BETWEEN_LONG_REPLIES === 0) checkGrowth(`${reply}\n`);
}

function checkGrowth(reply: string): void {
  const long = reply.repeat(Math.ceil(LONG_REPLY_CHARACTERS / reply.length));
  const onceMs = parsingMs(long);
  const moreMs = parsingMs(long.repeat(GROWTH));
  if (moreMs > onceMs * GROWTH * ALLOWANCE + ALLOWANCE_MS)
    throw new Error(`a reply ${GROWTH} times as long takes ${moreMs} ms in place of ${onceMs} ms`);
}

/** Of the processor, the best of three. */
function parsingMs(text: string): number {
  const times = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    parseEdits(text);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}
