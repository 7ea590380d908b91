import assert from 'node:assert/strict';
import {
  ancestors,
  criticalPath,
  descendants,
  findCycle,
  planProblems,
  remainingPathLengths,
  topologicalOrder,
} from '../../../src/domain/planGraph.ts';
import { asItemId, buildGraph } from '../../support/builders.ts';

const ids = (items: Iterable<{ id: string }>) => [...items].map(item => item.id);

describe('the plan graph', () => {
  const diamond = buildGraph({ top: [], left: ['top'], right: ['top'], bottom: ['left', 'right'] });

  it('orders every item after its dependencies', () => {
    assert.deepEqual(ids(topologicalOrder(diamond)), ['top', 'left', 'right', 'bottom']);
    assert.deepEqual(ids(topologicalOrder(buildGraph({ b: ['a'], a: [] }))), ['a', 'b']);
  });

  it('orders a thousand random graphs correctly', () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    for (let round = 0; round < 1000; round++) {
      const size = 1 + Math.floor(random() * 12);
      const names = Array.from({ length: size }, (_, index) => `n${index}`);
      const graph = buildGraph(
        Object.fromEntries(names.map((name, index) => [name, names.slice(0, index).filter(() => random() < 0.3)])),
      );
      const shuffled = { items: graph.items.toSorted(() => random() - 0.5) };
      const order = ids(topologicalOrder(shuffled));
      assert.equal(order.length, size);
      for (const item of shuffled.items) {
        for (const dependency of item.dependencies) {
          assert.ok(
            order.indexOf(dependency) < order.indexOf(item.id),
            `round ${round}: ${dependency} before ${item.id}`,
          );
        }
      }
    }
  });

  it('reports a cycle as the path that closes it', () => {
    const graph = buildGraph({ free: [], a: ['b', 'free'], b: ['c'], c: ['a'], after: ['a'] });
    assert.deepEqual(findCycle(graph), ['a', 'b', 'c', 'a']);
    assert.deepEqual(planProblems(graph), ['The dependencies go round in a circle: a → b → c → a.']);
    assert.deepEqual(findCycle(buildGraph({ a: ['a'] })), ['a', 'a']);
    assert.equal(findCycle(diamond), undefined);
  });

  it('names duplicate ids and unknown dependencies', () => {
    const graph = buildGraph({ a: ['ghost'] });
    assert.deepEqual(planProblems({ items: [...graph.items, ...graph.items] }), [
      'Two items have the id "a".',
      'Item "a" depends on "ghost", which is not in the plan.',
      'Item "a" depends on "ghost", which is not in the plan.',
    ]);
    assert.equal(findCycle(graph), undefined);
  });

  it('finds descendants and ancestors', () => {
    assert.deepEqual([...descendants(diamond, [asItemId('left')])], ['bottom']);
    assert.deepEqual([...ancestors(diamond, asItemId('bottom'))].toSorted(), ['left', 'right', 'top']);
  });

  it('weighs the longest remaining path', () => {
    const graph = buildGraph({ a: [], b: ['a'], c: ['a'], d: ['c'] });
    assert.equal(remainingPathLengths(graph).get(asItemId('a')), 3);
    assert.deepEqual(ids(criticalPath(graph)), ['a', 'c', 'd']);
    assert.deepEqual(ids(criticalPath(graph, item => (item.id === 'b' ? 10 : 1))), ['a', 'b']);
  });
});
