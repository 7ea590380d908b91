import assert from 'node:assert/strict';
import { type GraphLayout, layoutGraph } from '../../../../webview/graph/layoutGraph.ts';
import { buildGraph } from '../../../support/builders.ts';
import { SeededRandom } from '../../../support/seededRandom.ts';

const metrics = { nodeWidth: 100, nodeHeight: 40, columnGap: 50, rowGap: 10 };
const layout = (dependencies: Record<string, string[]>) => layoutGraph(buildGraph(dependencies).items, metrics);
const box = (graph: GraphLayout, id: string) => graph.nodes.find(node => node.item.id === id)!;

describe('layoutGraph', () => {
  it('puts each item right of what it depends on', () => {
    const graph = layout({ a: [], b: ['a'], c: ['a', 'b'] });
    assert.deepEqual(
      ['a', 'b', 'c'].map(id => box(graph, id).x),
      [0, 150, 300],
    );
    assert.equal(graph.width, 400);
  });

  it('centres an item before its dependents', () => {
    const graph = layout({ a: [], b: ['a'], c: ['a'], d: ['a'] });
    assert.equal(box(graph, 'a').y, box(graph, 'c').y);
    assert.equal(graph.height, 3 * 40 + 2 * 10);
  });

  it('keeps a chain on one line', () => {
    const graph = layout({ a: [], b: ['a'], c: ['b'], d: ['c'] });
    assert.deepEqual(new Set(graph.nodes.map(node => node.y)), new Set([0]));
  });

  it('draws an edge from the right of one node to the left of the other', () => {
    const [edge] = layout({ a: [], b: ['a'] }).edges;
    assert.deepEqual(edge, { from: 'a', to: 'b', path: 'M100 20C125 20 125 20 150 20' });
  });

  it('leads a long edge around the nodes between', () => {
    const graph = layout({ a: [], b: ['a'], c: ['b', 'a'] });
    const long = graph.edges.find(edge => edge.from === 'a' && edge.to === 'c')!;
    const through = /H(\d+)/.exec(long.path);
    assert.equal(Number(through?.[1]), box(graph, 'b').x + metrics.nodeWidth);
    const y = Number(/ (-?[\d.]+)H/.exec(long.path)?.[1]);
    const { y: top } = box(graph, 'b');
    assert.ok(y <= top - metrics.rowGap / 2 || y >= top + metrics.nodeHeight, `${y} is inside b`);
  });

  it('crosses no edges where none need cross', () => {
    const graph = layout({ a: [], b: [], c: ['b'], d: ['a'] });
    const isAbove = (one: string, other: string) => box(graph, one).y < box(graph, other).y;
    assert.equal(isAbove('a', 'b'), isAbove('d', 'c'));
  });

  it('lays out an empty plan', () => {
    assert.deepEqual(layout({}), { width: 0, height: 0, nodes: [], edges: [] });
  });

  it('shows items of a cycle and of unknown dependencies too', () => {
    const graph = layout({ a: [], b: ['c'], c: ['b'], d: ['nowhere'] });
    assert.deepEqual(graph.nodes.map(node => node.item.id).sort(), ['a', 'b', 'c', 'd']);
    assert.equal(box(graph, 'd').layer, 0);
  });

  it('overlaps no nodes and leaves none out, whatever the graph', () => {
    const random = new SeededRandom(11);
    for (let round = 0; round < 200; round++) {
      const ids = Array.from({ length: 1 + random.below(25) }, (_, index) => `i${index}`);
      const graph = layout(
        Object.fromEntries(ids.map((id, index) => [id, ids.slice(0, index).filter(() => random.next() < 0.2)])),
      );
      assert.equal(graph.nodes.length, ids.length);
      for (const [index, one] of graph.nodes.entries()) {
        for (const other of graph.nodes.slice(index + 1)) {
          const isApart = one.x !== other.x || Math.abs(one.y - other.y) >= metrics.nodeHeight;
          assert.ok(isApart, `${one.item.id} and ${other.item.id} overlap`);
        }
        assert.ok(one.y >= 0 && one.y + metrics.nodeHeight <= graph.height);
      }
    }
  });
});
