// A change of this repository. What its edits search for are lines of the real files: whoever rewrites one of those
// rewrites it here too.
import { agentRule, edit, newFile, planAndJudge, type ScriptedChange } from './scriptedChange.ts';

const plan = {
  summary: 'Group the items of a plan into waves by how many items each waits for in a row.',
  work_items: [
    {
      id: 'survey',
      file_path: 'src/domain/planGraph.ts',
      description: 'Find out what the plan graph offers already',
      mode: 'analyzer',
    },
    {
      id: 'depths',
      file_path: 'src/domain/planGraph.ts',
      description: 'Add depths(plan): how many items each item waits for in a row',
      mode: 'coder',
      file_status: 'existing',
      dependencies: ['survey'],
    },
    {
      id: 'waves',
      file_path: 'src/domain/planWaves.ts',
      description: 'Add waves(plan), which groups the items by their depth',
      mode: 'coder',
      dependencies: ['survey'],
    },
    {
      id: 'depths_tested',
      file_path: 'test/unit/domain/planGraph.test.ts',
      description: 'Test depths',
      mode: 'sdet',
      file_status: 'existing',
      dependencies: ['depths'],
    },
    {
      id: 'waves_tested',
      file_path: 'test/unit/domain/planWaves.test.ts',
      description: 'Test waves',
      mode: 'sdet',
      dependencies: ['depths', 'waves'],
    },
  ],
};

const depths = `/** How many items each item waits for in a row: 0 for one that can start at once. A cycle leaves its items out. */
export function depths(plan: PlanGraph): ReadonlyMap<ItemId, number> {
  const found = new Map<ItemId, number>();
  for (const item of topologicalOrder(plan)) {
    const before = item.dependencies.map(dependency => found.get(dependency) ?? 0);
    found.set(item.id, before.reduce((deepest, depth) => Math.max(deepest, depth + 1), 0));
  }
  return found;
}
`;
const nextFunction = '/** The longest chain of items by weight: no number of workers ends the plan earlier than it. */';

const waves = `import { depths, type PlanGraph } from './planGraph.ts';
import type { WorkItem } from './schema/plan.ts';

/** The items in waves: all of one wave can be worked on at the same time, once those before it are done. */
export function waves(plan: PlanGraph): readonly (readonly WorkItem[])[] {
  const depthOf = depths(plan);
  const found: WorkItem[][] = [];
  for (const item of plan.items) {
    const depth = depthOf.get(item.id);
    if (depth !== undefined) (found[depth] ??= []).push(item);
  }
  return found;
}
`;

const depthsTest = `  it('counts how many items each item waits for in a row', () => {
    const graph = buildGraph({ d: ['a', 'c'], a: [], b: ['a'], c: ['b'] });
    assert.deepEqual([...depths(graph)].toSorted(), [
      ['a', 0],
      ['b', 1],
      ['c', 2],
      ['d', 3],
    ]);
  });

  it('leaves the items of a cycle without a depth', () => {
    assert.deepEqual([...depths(buildGraph({ free: [], a: ['b'], b: ['a'] }))], [['free', 0]]);
  });
`;

const wavesTest = `import assert from 'node:assert/strict';
import { waves } from '../../../src/domain/planWaves.ts';
import { buildGraph } from '../../support/builders.ts';

describe('the waves of a plan', () => {
  const idsOf = (graph: ReturnType<typeof buildGraph>) => waves(graph).map(wave => wave.map(item => item.id));

  it('hold what can be worked on at the same time', () => {
    const graph = buildGraph({ top: [], left: ['top'], right: ['top'], bottom: ['left', 'right'] });
    assert.deepEqual(idsOf(graph), [['top'], ['left', 'right'], ['bottom']]);
  });

  it('are none for a plan that is nothing but a cycle', () => {
    assert.deepEqual(idsOf(buildGraph({ a: ['b'], b: ['a'] })), []);
  });
});
`;

/** Touches four files and adds four tests. The first edit of `planGraph.ts` searches for lines that are not there. */
export const planWaves: ScriptedChange = {
  request: 'Tell in which waves the items of a plan can run, with unit tests',
  rules: [
    ...planAndJudge(plan),
    agentRule(
      'analyzer',
      'src/domain/planGraph.ts',
      '<read path="src/domain/planGraph.ts"/>',
      '<done>topologicalOrder gives the items after their dependencies; nothing counts depths yet.</done>',
    ),
    agentRule(
      'coder',
      'src/domain/planGraph.ts',
      edit('src/domain/planGraph.ts', [
        'export function remainingPathLengths(plan: Plan, weights: number[]): Map<string, number> {',
        `${depths}\nexport function remainingPathLengths(plan: Plan, weights: number[]): Map<string, number> {`,
      ]),
      edit('src/domain/planGraph.ts', [nextFunction, `${depths}\n${nextFunction}`]),
    ),
    agentRule('coder', 'src/domain/planWaves.ts', newFile('src/domain/planWaves.ts', waves)),
    agentRule(
      'sdet',
      'test/unit/domain/planGraph.test.ts',
      edit(
        'test/unit/domain/planGraph.test.ts',
        ['  criticalPath,', '  criticalPath,\n  depths,'],
        [
          "  it('finds descendants and ancestors', () => {",
          `${depthsTest}\n  it('finds descendants and ancestors', () => {`,
        ],
      ),
    ),
    agentRule('sdet', 'test/unit/domain/planWaves.test.ts', newFile('test/unit/domain/planWaves.test.ts', wavesTest)),
  ],
};
