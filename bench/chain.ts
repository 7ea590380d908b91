// What the layers around a model call cost beside the model: time and processor time per call, alone and with a hundred
// runs at once, and for how long they keep the event loop.   node bench/chain.ts
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../src/base/clock.ts';
import { silentLogger } from '../src/base/logger.ts';
import { LoopTurns } from '../src/base/loopTurns.ts';
import { defaultConfiguration } from '../src/config/configuration.ts';
import { runIdSchema } from '../src/domain/schema/ids.ts';
import { SqliteJournal } from '../src/journal/sqliteJournal.ts';
import { Budget } from '../src/models/budget/budget.ts';
import { Purse } from '../src/models/budget/purse.ts';
import { createModelClient } from '../src/models/createModelClient.ts';
import { Governors } from '../src/models/governor/governors.ts';
import type { LanguageModel, StreamPart } from '../src/models/languageModel.ts';
import { LanguageModelRegistry } from '../src/models/languageModelRegistry.ts';
import type { ModelClient } from '../src/models/modelClient.ts';
import { journaledAnswers } from '../src/orchestrator/journaledAnswers.ts';
import { JournaledRun } from '../src/orchestrator/journaledRun.ts';
import { modelRecorder, recordTextFlags } from '../src/orchestrator/modelRecorder.ts';
import { scheduled } from './scheduled.ts';

const limits = { overheadMs: 1, processorTimeRatio: 1.2, stallMs: 50 };
const concurrentRuns = 100;
const callsPerRun = 10;
const signal = new AbortController().signal;

/** Some 2,000 tokens of code, as an agent sends them; no two prompts are the same, or the second would not be asked. */
const file = Array.from(
  { length: 160 },
  (_, line) => `export const value${line} = compute(${line}, 'item ${line}'); // of module ${line % 7}`,
).join('\n');
let prompts = 0;
const prompt = () => `Change file ${++prompts}.\n\n${file}`;
const answer = Array.from({ length: 50 }, (_, line) => `line ${line} of what the model answers, in one piece\n`);

/** 20 MB in pieces of 100 characters. */
function* endless(): Generator<string> {
  for (let piece = 0; piece < 200_000; piece += 1) yield 'x'.repeat(100);
}

/** A model in this process that takes `ms` and no processor time to begin its answer. */
function modelTaking(ms: number, texts: () => Iterable<string> = () => answer): LanguageModel {
  return {
    provider: 'bench',
    model: 'any',
    billing: 'unknown',
    capabilities: { streaming: true, structuredOutput: false, contextLength: undefined },
    initialize: () => Promise.resolve(),
    generate: () => Promise.reject(new Error('It streams.')),
    async *stream(): AsyncGenerator<StreamPart> {
      if (ms > 0) await wait(ms);
      for (const text of texts()) yield { type: 'text', text };
      yield {
        type: 'end',
        finishReason: 'stop',
        usage: { inputTokens: 2000, outputTokens: 600, cachedInputTokens: 0 },
      };
    },
    dispose: () => Promise.resolve(),
  };
}

/** What the application gives each run: its own client with every layer, one journal and one governor for all. */
function clientsOn(journal: SqliteJournal, model: LanguageModel) {
  const registry = new LanguageModelRegistry();
  registry.register('bench', () => model);
  const turns = new LoopTurns();
  const governors = new Governors({ clock: systemClock, logger: silentLogger });
  const settings = { provider: 'bench', model: 'any', temperature: 0, maxOutputTokens: 1000 };
  const { openai, ollama, safety } = defaultConfiguration;
  let ids = 0;
  return (name: string): ModelClient => {
    const run = new JournaledRun(journal, runIdSchema.parse(`run_${name}`), silentLogger);
    return createModelClient({
      roles: { planner: settings, executor: settings, judge: settings },
      providers: { openai, ollama },
      registry,
      recorder: modelRecorder(run),
      safety: {
        settings: safety,
        knownSecrets: () => Promise.resolve([]),
        report: (request, flags) => recordTextFlags(run, request, flags),
      },
      clock: systemClock,
      ids: prefix => `${prefix}_${++ids}`,
      logger: silentLogger,
      governors,
      turns,
      budget: new Budget({ run: new Purse({ tokens: 1e12 }), onLimit: () => Promise.resolve('stop') }),
      answers: journaledAnswers(journal),
      party: run.runId,
    });
  };
}

async function ask(client: ModelClient): Promise<void> {
  const messages = [
    { role: 'system', content: 'You change code.' },
    { role: 'user', content: prompt() },
  ] as const;
  await client.call({ role: 'coder', messages }, { signal, onText: () => undefined });
}

/** Milliseconds of each of `calls` calls, one after the other, sorted, without those in which others had the processor. */
async function timeCalls(client: ModelClient, calls: number): Promise<number[]> {
  const times: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    const { waitedMs } = scheduled();
    const start = performance.now();
    await ask(client);
    const tookMs = performance.now() - start;
    times.push(tookMs - (scheduled().waitedMs - waitedMs));
  }
  return times.sort((one, other) => one - other);
}

/** Processor milliseconds of this process for each call of `work`. */
async function processorMsPerCall(calls: number, work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / calls;
}

/**
 * The longest that the event loop did not come around while `work` was done, in milliseconds: by what this thread did
 * meanwhile, and by the clock, which also counts what others did with the processor and the disk.
 */
async function longestStall(work: () => Promise<unknown>): Promise<{ readonly own: number; readonly byClock: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let [own, last] = [0, scheduled().ranMs];
  const look = () => {
    const now = scheduled().ranMs;
    own = Math.max(own, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  delay.enable();
  try {
    await work();
    look();
  } finally {
    clearInterval(timer);
    delay.disable();
  }
  return { own, byClock: delay.max / 1e6 };
}

/** What the layers cost with a journal under `parent`. */
async function measure(parent: string) {
  const directory = await mkdtemp(path.join(parent, 'bench-chain-'));
  const journal = new SqliteJournal({ file: path.join(directory, 'journal.db'), clock: systemClock });
  try {
    const alone = clientsOn(journal, modelTaking(0))('alone');
    await timeCalls(alone, 300);
    const times = await timeCalls(alone, 1000);

    const clientFor = clientsOn(journal, modelTaking(20));
    const one = clientFor('one');
    const crowd = Array.from({ length: concurrentRuns }, (_, index) => clientFor(`of_crowd_${index}`));
    const askAll = () => Promise.all(crowd.map(client => timeCalls(client, callsPerRun)));
    const rounds: { one: number; crowd: number; own: number; byClock: number }[] = [];
    await timeCalls(one, 50);
    for (let round = 0; round < 3; round += 1) {
      const ofOne = await processorMsPerCall(200, () => timeCalls(one, 200));
      let ofCrowd = 0;
      const stall = await longestStall(async () => {
        ofCrowd = await processorMsPerCall(concurrentRuns * callsPerRun, askAll);
      });
      rounds.push({ one: ofOne, crowd: ofCrowd, ...stall });
    }
    const talker = clientsOn(journal, modelTaking(0, endless))('of_talker');
    const dropped = await longestStall(() => assert.rejects(ask(talker), /more than 1000000 characters/));
    return { dropped, median: times[500] ?? NaN, p95: times[950] ?? NaN, rounds };
  } finally {
    await journal.dispose();
    await rm(directory, { recursive: true });
  }
}

const disk = tmpdir();
const places = { ...(existsSync('/dev/shm') && { memory: '/dev/shm' }), disk };
let isMissed = false;
for (const [place, parent] of Object.entries(places)) {
  const { median, p95, rounds, dropped } = await measure(parent);
  const ratio = rounds.map(round => round.crowd / round.one).sort((one, other) => one - other)[1] ?? NaN;
  const stall = Math.max(dropped.own, ...rounds.map(round => round.own));
  const ms = (value: number) => `${value.toFixed(2)} ms`;
  console.log(`\nThe journal in ${place} (${parent})`);
  console.table({
    'overhead of a call, median': ms(median),
    'overhead of a call, 95th percentile': ms(p95),
    'processor time of a call, one run': ms(Math.min(...rounds.map(round => round.one))),
    [`processor time of a call, ${concurrentRuns} runs at once`]: ms(Math.min(...rounds.map(round => round.crowd))),
    'ratio of the two, median of three rounds': ratio.toFixed(2),
    'longest stall of the event loop': ms(stall),
    'longest stall while 20 MB are received and dropped': ms(dropped.own),
    'longest stall by the clock, with what others did': ms(Math.max(...rounds.map(round => round.byClock))),
  });
  isMissed ||= !(median <= limits.overheadMs && ratio <= limits.processorTimeRatio && stall <= limits.stallMs);
}
if (isMissed) {
  console.error('Missed:', limits);
  process.exitCode = 1;
}
