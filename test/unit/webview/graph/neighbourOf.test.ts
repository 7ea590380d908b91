import assert from 'node:assert/strict';
import { layoutGraph } from '../../../../webview/graph/layoutGraph.ts';
import { type Direction, neighbourOf } from '../../../../webview/graph/neighbourOf.ts';
import { asItemId, buildGraph } from '../../../support/builders.ts';

const metrics = { nodeWidth: 100, nodeHeight: 40, columnGap: 50, rowGap: 10 };
const graph = layoutGraph(buildGraph({ a: [], b: ['a'], c: ['a'], d: ['a'], e: ['d'] }).items, metrics);
const go = (id: string, direction: Direction) => neighbourOf(graph, asItemId(id), direction);

describe('neighbourOf', () => {
  it('follows the edges to the sides, to the nearest node', () => {
    assert.equal(go('a', 'right'), 'c');
    assert.equal(go('e', 'left'), 'd');
  });

  it('stays in the layer upwards and downwards', () => {
    assert.deepEqual([go('b', 'down'), go('c', 'down'), go('d', 'up')], ['c', 'd', 'c']);
  });

  it('ends where nothing follows', () => {
    assert.deepEqual([go('a', 'left'), go('e', 'right'), go('a', 'up'), go('nowhere', 'up')], Array(4).fill(undefined));
  });
});
