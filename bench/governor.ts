// Twenty workers against a server that allows five calls a second, over HTTP: how many calls it refuses, and how much of
// what it allows is used.   node bench/governor.ts [calls = 300]
import { systemClock } from '../src/base/clock.ts';
import { silentLogger } from '../src/base/logger.ts';
import { ollamaSettingsSchema, openaiSettingsSchema } from '../src/domain/schema/model.ts';
import { createModelClient } from '../src/models/createModelClient.ts';
import { limitingScript } from '../test/support/modelServer/limitingScript.ts';
import { ModelServer } from '../test/support/modelServer/modelServer.ts';

const workers = 20;
const calls = Number(process.argv[2] ?? 300);
const limit = { calls: 5, perMs: 1000 };
const warmUpMs = 10_000;
const allowedShare = 0.02;

const { script, traffic } = limitingScript(limit, 'export const answer = 42;'.repeat(4));
const server = await ModelServer.start(script);
const settings = { provider: 'openai', model: 'scripted', temperature: 0, maxOutputTokens: 100 };
let lastId = 0;
const client = createModelClient({
  roles: { planner: settings, executor: settings, judge: settings },
  providers: {
    openai: openaiSettingsSchema.parse({ baseUrl: server.openaiBaseUrl, apiKey: 'key' }),
    ollama: ollamaSettingsSchema.parse({}),
  },
  recorder: { record: () => undefined, recordReading: () => undefined },
  clock: systemClock,
  ids: prefix => `${prefix}_${++lastId}`,
  logger: silentLogger,
});

const start = Date.now();
let left = calls;
const lost: unknown[] = [];
await Promise.all(
  Array.from({ length: workers }, async () => {
    while (left > 0) {
      left -= 1;
      try {
        const messages = [{ role: 'user' as const, content: 'What is the answer?' }];
        await client.call({ role: 'coder', messages }, { signal: new AbortController().signal });
      } catch (error) {
        lost.push(error);
      }
    }
  }),
);
const seconds = (Date.now() - start) / 1000;
await client.dispose();
await server.close();

const after = (times: readonly number[]) => times.filter(at => at > start + warmUpMs).length;
const [accepted, refused] = [traffic.accepted.length, traffic.refused.length];
const [lateAccepted, lateRefused] = [after(traffic.accepted), after(traffic.refused)];
const share = lateRefused / (lateAccepted + lateRefused);
console.table({
  workers,
  'calls allowed per second': limit.calls,
  'calls answered': accepted,
  'calls lost': lost.length,
  seconds,
  'share of what was allowed that was used': `${Math.round((accepted / (seconds * limit.calls)) * 100)} %`,
  'refused in the first ten seconds': refused - lateRefused,
  'refused after that': `${lateRefused} of ${lateAccepted + lateRefused} (${(share * 100).toFixed(2)} %)`,
});
if (lost.length > 0 || accepted !== calls || share > allowedShare) {
  console.error(`Missed: no call lost, at most ${allowedShare * 100} % refused.`, lost[0] ?? '');
  process.exitCode = 1;
}
