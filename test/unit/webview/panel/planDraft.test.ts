import assert from 'node:assert/strict';
import { planSchema } from '../../../../src/domain/schema/plan.ts';
import {
  addItem,
  changeItem,
  draftProblems,
  possibleDependencies,
  removeItem,
  toggleDependency,
} from '../../../../webview/panel/planDraft.ts';
import { asItemId, buildGraph, buildItem, buildPlan } from '../../../support/builders.ts';

const planOf = (dependencies: Record<string, string[]>) => buildPlan(buildGraph(dependencies).items);
const dependenciesOf = (plan: ReturnType<typeof planOf>) =>
  Object.fromEntries(plan.items.map(item => [item.id, item.dependencies]));

describe('a plan draft', () => {
  it('changes fields of one item and leaves the plan it came from alone', () => {
    const plan = planOf({ a: [], b: [] });
    const changed = changeItem(plan, asItemId('a'), { description: 'New', priority: 'high' });
    assert.deepEqual(
      changed.items.map(item => item.description),
      ['New', 'Write b'],
    );
    assert.equal(plan.items[0]?.description, 'Write a');
  });

  it('adds a dependency, and takes it away again', () => {
    const plan = planOf({ a: [], b: [] });
    const added = toggleDependency(plan, asItemId('b'), asItemId('a'));
    assert.deepEqual(dependenciesOf(added), { a: [], b: ['a'] });
    assert.deepEqual(toggleDependency(added, asItemId('b'), asItemId('a')), plan);
  });

  it('rewires around an item that is removed', () => {
    const plan = removeItem(planOf({ a: [], b: [], c: ['a', 'b'], d: ['c', 'a'], e: [] }), asItemId('c'));
    assert.deepEqual(dependenciesOf(plan), { a: [], b: [], d: ['a', 'b'], e: [] });
    assert.equal(removeItem(plan, asItemId('nowhere')), plan);
  });

  it('adds an item under an id that is free', () => {
    const { plan, id } = addItem(buildPlan([buildItem('item_2'), buildItem('x')]));
    assert.equal(id, 'item_3');
    assert.equal(addItem(plan).id, 'item_4');
  });

  it('offers only dependencies that close no circle, and those that are there', () => {
    const offered = (graph: Record<string, string[]>, id: string) =>
      possibleDependencies(planOf(graph), asItemId(id)).map(item => item.id);
    assert.deepEqual(offered({ a: [], b: ['a'], c: ['b'], d: [] }, 'b'), ['a', 'd']);
    assert.deepEqual(offered({ a: ['b'], b: ['a'] }, 'a'), ['b']);
  });

  it('says what keeps it from being approved', () => {
    assert.deepEqual(draftProblems(planOf({ a: [], b: ['a'] })), []);
    const { plan } = addItem(planOf({ a: [] }));
    assert.deepEqual(draftProblems(plan), [
      'Item "item_2" needs a description.',
      'The file of item "item_2" is empty.',
    ]);
    assert.deepEqual(draftProblems({ ...plan, items: [] }), ['A plan needs at least one item.']);
    const circle = { ...plan, ...buildGraph({ a: ['b'], b: ['a'] }) };
    assert.deepEqual(draftProblems(circle), ['The dependencies go round in a circle: a → b → a.']);
  });

  it('is a plan by the schema once it has no problems', () => {
    const { plan, id } = addItem(planOf({ a: [] }));
    const filled = changeItem(plan, id, { description: 'More', filePath: 'src/more.ts' });
    assert.deepEqual(draftProblems(filled), []);
    assert.deepEqual(planSchema.parse(filled), filled);
  });
});
