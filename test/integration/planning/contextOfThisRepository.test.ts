import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { estimateTokens } from '../../../src/base/tokenEstimate.ts';
import { createContextCollector } from '../../../src/planning/context/contextCollector.ts';
import type { ProjectFiles } from '../../../src/planning/planner.ts';
import { renderContext } from '../../../src/planning/renderContext.ts';
import { memoryProjectFiles } from '../../support/memoryProjectFiles.ts';

const root = path.join(import.meta.dirname, '../../..');

/** What a change would have to touch, for requests in the words of a user who knows no file. */
const cases: readonly (readonly [request: string, files: readonly string[]])[] = [
  ['Let the planner ask at most two questions', ['src/planning/modelPlanner.ts', 'prompts/planner.md']],
  [
    'Render the plan graph: forbid dependencies on oneself',
    ['src/domain/planGraph.ts', 'test/unit/domain/planGraph.test.ts'],
  ],
  ['Refuse workspace paths that are longer than 255 characters', ['src/domain/workspacePath.ts']],
  ['Cut the prompt library: read templates from several folders', ['src/base/promptLibrary.ts']],
  ['The journal should say in which file it is stored when SQLite is locked', ['src/journal/sqliteJournal.ts']],
  [
    'Work orders should be claimed by age only',
    ['src/scheduling/claimOrder.ts', 'src/scheduling/journaledWorkQueue.ts'],
  ],
  ['Add a language: nim', ['src/domain/language.ts']],
  ['`estimateTokens` counts Chinese wrongly', ['src/base/tokenEstimate.ts', 'test/unit/base/tokenEstimate.test.ts']],
  [
    'A listener that throws should be reported by the emitter only once',
    ['src/base/emitter.ts', 'test/unit/base/emitter.test.ts'],
  ],
  ['JSON answers of a model that are cut off', ['src/models/jsonAnswer.ts']],
];

/** This repository as it is on disk, as far as git does not ignore it. */
function repositoryFiles(): ProjectFiles {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  const paths = listed.toString().split('\0').filter(Boolean).toSorted();
  return {
    paths: async () => paths,
    readText: async file => {
      const content = readFileSync(path.join(root, file));
      return content.includes(0) ? undefined : content.toString();
    },
    kindOf: async () => undefined,
  };
}

function collectorOf(files: ProjectFiles) {
  return createContextCollector({ files, testCommand: async () => 'npm test', areRulesTrusted: true });
}

const signal = new AbortController().signal;

describe('the context of this repository', () => {
  it('holds what a change needs within the first ten files, for most requests', async () => {
    const collector = collectorOf(repositoryFiles());
    const shares: number[] = [];
    for (const [request, wanted] of cases) {
      const { relevantFiles } = await collector.collect(request, { tokenBudget: 2000, signal });
      const ranks = wanted.map(file => relevantFiles.findIndex(relevant => relevant.path === file) + 1);
      shares.push(ranks.filter(rank => rank >= 1 && rank <= 10).length / wanted.length);
      console.log(`      ${request}: ${wanted.map((file, index) => `${file} #${ranks[index]}`).join(', ')}`);
    }
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    console.log(`      within the first ten: ${Math.round(mean * 100)} %`);
    assert.ok(mean >= 0.8, `${mean}`);
  });

  it('names what the project is made of, within its budget', async () => {
    const context = await collectorOf(repositoryFiles()).collect('Add a command', { tokenBudget: 1500, signal });
    assert.equal(context.languages[0], 'typescript');
    for (const framework of ['Mocha', 'zod', 'esbuild']) assert.ok(context.frameworks.includes(framework), framework);
    assert.ok(context.conventions.some(sentence => sentence.includes('*.test.ts') && sentence.includes('test/unit')));
    assert.ok(estimateTokens(renderContext(context)) < 1800);
  });
});

describe('the context of a project of 20,000 files', () => {
  it('is collected without keeping the event loop for 50 ms', async () => {
    const words = ['user', 'order', 'queue', 'plan', 'agent', 'task', 'file', 'cache', 'token', 'retry'];
    const text = words
      .map(word => `export function ${word}(value: number) {\n  return value;\n}\n`)
      .join('')
      .repeat(8);
    const paths = Array.from({ length: 20_000 }, (_, index) => {
      const word = (shift: number) => words[Math.floor(index / 10 ** shift) % 10] ?? '';
      return `packages/${word(3)}/src/${word(2)}/${word(1)}${word(0)}${index}.${index % 3 === 0 ? 'py' : 'ts'}`;
    });
    const files = memoryProjectFiles(Object.fromEntries(paths.map(file => [file, text])));
    const longest = await longestTurn(async () => {
      const start = performance.now();
      const request = 'Limit the retries of the user queue, with tests';
      const context = await collectorOf(files).collect(request, { tokenBudget: 2000, signal });
      console.log(`      ${Math.round(performance.now() - start)} ms`);
      assert.match(context.relevantFiles[0]?.path ?? '', /queue|user|retry/);
    });
    console.log(`      longest turn of the loop: ${Math.round(longest)} ms of processor time`);
    assert.ok(longest < 50, `${longest} ms`);
  });
});

/** The most processor time, in milliseconds, that this thread spent between two turns of the loop; what other processes take does not count. */
async function longestTurn(work: () => Promise<void>): Promise<number> {
  const spent = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let last = spent();
  let longest = 0;
  let isDone = false;
  const look = () => {
    const now = spent();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isDone) setImmediate(look);
  };
  setImmediate(look);
  await work();
  isDone = true;
  return longest;
}
