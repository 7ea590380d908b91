// `npm test`: installs what is missing, runs every stage, and ends with one line for the whole.
//   npm test [-- stage …]      (default: all, in order)
import { errorMessage } from '../src/base/errors.ts';
import { seconds } from './command.ts';
import { ensurePrerequisites } from './prerequisites.ts';
import { type Stage, type StageOutcome, stages } from './stages.ts';

interface TimedOutcome extends StageOutcome {
  readonly name: string;
  readonly durationMs: number;
}

function chosenStages(names: readonly string[]): readonly Stage[] {
  const unknown = names.filter(name => !stages.some(stage => stage.name === name));
  if (unknown.length > 0) {
    throw new Error(`There is no stage ${unknown.join(', ')}; there are ${stages.map(({ name }) => name).join(', ')}.`);
  }
  return names.length === 0 ? stages : stages.filter(({ name }) => names.includes(name));
}

async function runStage(stage: Stage, env: Record<string, string>): Promise<TimedOutcome> {
  console.log(`\n== ${stage.name}`);
  const startedAt = performance.now();
  const outcome = await stage.run(env);
  const timed = { ...outcome, name: stage.name, durationMs: performance.now() - startedAt };
  console.log(summary(timed));
  return timed;
}

function summary({ name, passed, failed, durationMs }: TimedOutcome): string {
  return `${name}: ${passed} passed, ${failed} failed in ${seconds(durationMs)}`;
}

async function main(): Promise<void> {
  const chosen = chosenStages(process.argv.slice(2));
  console.log('== prerequisites');
  const env = await ensurePrerequisites();
  const outcomes: TimedOutcome[] = [];
  for (const stage of chosen) outcomes.push(await runStage(stage, env));

  console.log('\n== all');
  for (const outcome of outcomes) {
    console.log(summary(outcome));
    for (const { title, durationMs } of outcome.slow.slice(0, 10))
      console.log(`  slow: ${title} (${seconds(durationMs)})`);
  }
  const sum = (key: 'passed' | 'failed') => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
}

await main().catch((error: unknown) => {
  console.log(errorMessage(error));
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
});
