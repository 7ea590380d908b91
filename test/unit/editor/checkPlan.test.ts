import assert from 'node:assert/strict';
import { checkPlan } from '../../../src/editor/checkPlan.ts';
import { buildGraph, buildItem, buildPlan } from '../../support/builders.ts';

describe('checkPlan', () => {
  it('names the language of new items by their file and keeps the others', () => {
    const plan = buildPlan([buildItem('a', { language: '', filePath: 'a.py' }), buildItem('b', { language: 'x' })]);
    assert.deepEqual(
      checkPlan(plan).items.map(item => item.language),
      ['python', 'x'],
    );
  });

  it('refuses a graph that cannot be run, with the reason', () => {
    const plan = { ...buildPlan([buildItem('a')]), ...buildGraph({ a: ['b'], b: ['a'] }) };
    assert.throws(() => checkPlan(plan), /go round in a circle: a → b → a/);
  });
});
