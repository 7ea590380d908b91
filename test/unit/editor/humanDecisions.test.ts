import assert from 'node:assert/strict';
import { HumanDecisions } from '../../../src/editor/humanDecisions.ts';
import { buildItem, buildPlan } from '../../support/builders.ts';
import { ReviewFixture } from '../../support/reviewFixture.ts';

const plan = buildPlan([buildItem('a')]);
const question = { id: 'q1', text: 'Which?', options: ['a', 'b'] };
const score = {
  overall: 1,
  completeness: 1,
  correctness: 1,
  passed: true,
  evidence: [],
  feedback: [],
  itemsAtFault: [],
};

function decisions(autoApprove = false) {
  let changes = 0;
  const human = new HumanDecisions({ autoApprove, onDidChange: () => (changes += 1) });
  const abort = new AbortController();
  return { human, abort, signal: abort.signal, changes: () => changes };
}

describe('HumanDecisions', () => {
  it('holds the plan until it is decided, and tells of both', async () => {
    const { human, signal, changes } = decisions();
    const approval = human.approvePlan(plan, { signal });
    assert.equal(human.pendingPlan, plan);
    assert.equal(changes(), 1);
    assert.ok(human.decidePlan({ kind: 'cancel' }));
    assert.deepEqual(await approval, { kind: 'cancel' });
    assert.equal(human.pendingPlan, undefined);
    assert.equal(changes(), 2);
  });

  it('takes the first decision only', async () => {
    const { human, signal } = decisions();
    const answer = human.answer(question, { signal });
    assert.ok(human.decideAnswer('q1', 'a'));
    assert.equal(human.decideAnswer('q1', 'b'), false);
    assert.deepEqual(await answer, { text: 'a', by: 'human' });
  });

  it('keeps several questions apart', async () => {
    const { human, signal } = decisions();
    const first = human.answer(question, { signal });
    const second = human.answer({ ...question, id: 'q2' }, { signal });
    assert.equal(human.decideAnswer('q3', 'nobody asked'), false);
    human.decideAnswer('q2', 'second');
    human.decideAnswer('q1', 'first');
    const answers = await Promise.all([first, second]);
    assert.deepEqual(
      answers.map(({ text }) => text),
      ['first', 'second'],
    );
  });

  it('rejects what waits with the reason of the abort, and holds it no longer', async () => {
    const { human, abort, signal } = decisions();
    const review = human.review({ score, review: new ReviewFixture([]).review }, { signal });
    const reason = new Error('stopped');
    abort.abort(reason);
    await assert.rejects(review, reason);
    assert.equal(human.pendingReview, undefined);
    assert.equal(human.decideReview({ kind: 'refuse' }), false);
  });

  it('rejects at once when it was aborted before', async () => {
    const { human, abort, signal } = decisions();
    abort.abort(new Error('stopped'));
    await assert.rejects(human.answer(question, { signal }), /stopped/);
  });

  it('takes plans as they are where the user has set that, and says so', async () => {
    const { human, signal } = decisions(true);
    assert.deepEqual(await human.approvePlan(plan, { signal }), { kind: 'approve', plan, by: 'auto' });
  });
});
