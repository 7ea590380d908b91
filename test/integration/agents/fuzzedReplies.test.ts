import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { checkReply } from '../../support/edits/fuzzReply.ts';
import { randomReply } from '../../support/edits/randomReply.ts';
import { SeededRandom } from '../../support/seededRandom.ts';

const folder = path.join(import.meta.dirname, '../../fixtures/fuzz');
const findSchema = z.strictObject({ found: z.string(), reply: z.string() });

// A part of `npm run fuzz`, and what it has found so far.
describe('replies at random', () => {
  for (const file of readdirSync(folder)) {
    const { found, reply } = findSchema.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
    it(`are read without fault: ${file}, where ${found}`, async () => {
      for (let seed = 1; seed <= 20; seed++) await checkReply(reply, new SeededRandom(seed));
    });
  }

  it('are read without fault: 10,000 of them', async () => {
    for (let seed = 1; seed <= 10_000; seed++) {
      const random = new SeededRandom(seed);
      const reply = randomReply(random);
      try {
        await checkReply(reply, random);
      } catch (cause) {
        throw new Error(`seed ${seed}: ${JSON.stringify(reply)}`, { cause });
      }
    }
  });
});
