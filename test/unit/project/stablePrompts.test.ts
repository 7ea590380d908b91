// Providers keep the beginning of a prompt and take less for it when it comes again: what stays the same must come first.
import assert from 'node:assert/strict';
import { createAgent } from '../../../src/agents/createAgent.ts';
import { FilePromptLibrary } from '../../../src/base/promptLibrary.ts';
import type { ModelMessage } from '../../../src/domain/schema/model.ts';
import { type AgentMode, agentModeSchema } from '../../../src/domain/schema/plan.ts';
import { createPlanner } from '../../../src/planning/modelPlanner.ts';
import type { ProjectContext } from '../../../src/planning/planner.ts';
import { createQualityGate } from '../../../src/quality/createQualityGate.ts';
import { buildItem, buildPlan } from '../../support/builders.ts';
import { buildBrief } from '../../support/fakeAgentServices.ts';
import { memoryProjectFiles } from '../../support/memoryProjectFiles.ts';
import { MemoryStagedView } from '../../support/memoryStagedView.ts';
import { scriptedModelClient } from '../../support/scriptedModelClient.ts';

const prompts = new FilePromptLibrary(new URL('../../../prompts', import.meta.url).pathname);
const { signal } = new AbortController();
const leastShare = 0.9;

const lines = (count: number, text: string) =>
  Array.from({ length: count }, (_, index) => `${text} ${index + 1};\n`).join('');

/** A project as they are: rules for agents, and some files that matter for the request. */
const context: ProjectContext = {
  languages: ['typescript'],
  frameworks: ['express', 'mocha'],
  testCommand: 'npm test',
  conventions: ['Tests are in test/, named like the file they test.', 'Errors are classes of their own.'],
  rules: [{ path: 'AGENTS.md', text: lines(40, '- Whole words as names, units in names, and no abbreviations: rule') }],
  relevantFiles: ['orders', 'customers', 'invoices', 'payments'].map(name => ({
    path: `src/${name}.ts`,
    excerpt: lines(30, `export const ${name} = readAll('${name}').filter(isCurrent), number`),
  })),
  layout: lines(60, 'src/some/folder/someFile.ts'),
};

const request =
  'Add a report of all open orders by customer, with totals, a route that serves it as JSON and CSV, and tests';

const textOf = (messages: readonly ModelMessage[]) =>
  messages.map(({ role, content }) => `${role}\n${content}`).join('\n');

/** How much of the longer one is the same from the beginning on. */
function sharedShare(one: readonly ModelMessage[], other: readonly ModelMessage[]): number {
  const [left, right] = [textOf(one), textOf(other)];
  let length = 0;
  while (length < left.length && left[length] === right[length]) length += 1;
  return length / Math.max(left.length, right.length);
}

function assertShared(one: readonly ModelMessage[], other: readonly ModelMessage[]): void {
  const share = sharedShare(one, other);
  assert.ok(share >= leastShare && share < 1, `${(share * 100).toFixed(1)} % are shared`);
}

describe('prompts begin with what stays the same', () => {
  /** The first call for one item of the plan: the whole of it is measured. */
  const opening = async (mode: AgentMode, name: string) => {
    const item = buildItem(name, {
      mode,
      filePath: mode === 'sdet' ? `test/${name}.test.ts` : `src/${name}.ts`,
      description: `Do what the request needs for ${name}: its types, its behaviour at the borders, and its errors.`,
      acceptance: [`${name} does what its description says`],
    });
    const agent = createAgent(mode, { prompts });
    return (await agent.opening?.(buildBrief({ item, request, context }), new MemoryStagedView())) ?? [];
  };
  for (const mode of agentModeSchema.options) {
    it(`for the ${mode}, in two items of one plan`, async () => {
      assertShared(await opening(mode, 'report'), await opening(mode, 'csvWriter'));
    });
  }

  it('for the planner, in two requests to one project', async () => {
    const plan = '{"work_items":[{"id":"a","file_path":"src/a.ts","mode":"coder","description":"Write a"}]}';
    const { client, calls } = scriptedModelClient(plan, plan);
    const planner = createPlanner({
      model: client,
      prompts,
      files: memoryProjectFiles({}),
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      ids: prefix => prefix,
    });
    const options = { signal, ask: () => Promise.resolve(''), onRejected: () => undefined };
    await planner.plan(request, context, options);
    await planner.plan('Cancel orders that nobody paid for in a month, and tell their customers', context, options);
    assertShared(calls[0]?.messages ?? [], calls[1]?.messages ?? []);
  });

  // The diff is in the order of the paths: what comes after the first file that changed is new to the provider.
  it('for the judge, in two iterations between which the last of ten files was done again', async () => {
    const verdict = '{"completeness":1,"correctness":1,"feedback":[]}';
    const { client, calls } = scriptedModelClient(verdict, verdict);
    const gate = createQualityGate({ model: client, prompts, threshold: 0.75 });
    const description = 'Do what the request needs here: its types, its behaviour at the borders, and its errors.';
    const items = Array.from({ length: 10 }, (_, index) => buildItem(`item_${index}`, { description }));
    const patchOf = (path: string, text: string) =>
      `${'='.repeat(67)}\n--- /dev/null\n+++ b/${path}\n${lines(20, `+export const ${text}`)}`;
    const findings = (last: string, passed: number) => ({
      plan: buildPlan(items),
      request,
      treeHash: 'hash',
      tests: {
        outcome: 'passed' as const,
        isParsed: true,
        passed,
        failed: 0,
        skipped: 0,
        failures: [],
        durationMs: 1,
        outputTail: '',
      },
      syntaxProblems: [],
      unfinishedItems: [],
      undeclaredPaths: [],
      diff: items.map(({ filePath }, index) => patchOf(filePath, index === 9 ? last : 'value')).join(''),
    });
    await gate.score(findings('wrong', 11), { signal });
    await gate.score(findings('right', 12), { signal });
    const [first = [], second = []] = calls.map(call => call.messages);
    assertShared(first, second);
    const [one, other] = [first, second].map(textOf);
    assert.equal(one?.split('[data')[0], other?.split('[data')[0], 'all that comes before the change');
  });
});
