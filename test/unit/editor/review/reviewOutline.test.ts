import assert from 'node:assert/strict';
import {
  filesInOrder,
  nameHunks,
  outlineReview,
  type ReviewNode,
  summarizeReview,
  targetsOf,
} from '../../../../src/editor/review/reviewOutline.ts';
import { carryEdits } from '../../../../src/orchestrator/review/carryEdits.ts';
import type { ReviewReason } from '../../../../src/orchestrator/review/reviewReasons.ts';
import { buildItem, buildPlan } from '../../../support/builders.ts';
import { ReviewFixture, testReport } from '../../../support/reviewFixture.ts';
import { stagedChange } from '../../../support/stagedChange.ts';

const { signal } = new AbortController();
const before = Array.from({ length: 30 }, (_, index) => `line ${index + 1}\n`).join('');
const changes = () => [
  stagedChange('src/a.ts', before, before.replace('line 3\n', 'three\n').replace('line 25\n', '')),
  stagedChange('src/new.ts', undefined, '\nexport const b = 1;\n'),
];
const plan = buildPlan([
  buildItem('one', { filePath: 'src/a.ts', description: 'Change a\nwith care' }),
  buildItem('two', { filePath: 'src/new.ts', description: 'Add b' }),
]);
const none = new Map<string, readonly ReviewReason[]>();

function flatten(nodes: readonly ReviewNode[]): ReviewNode[] {
  return nodes.flatMap((node): ReviewNode[] => [node, ...(node.kind === 'hunk' ? [] : flatten(node.children))]);
}

describe('the outline of a review', () => {
  it('shows items, files and hunks with their counts', () => {
    const { review } = new ReviewFixture(changes(), { plan });
    assert.deepEqual(
      flatten(outlineReview(review, none)).map(({ kind, label, description, isChecked }) => [
        kind,
        label,
        description,
        isChecked,
      ]),
      [
        ['item', 'Change a', '2/2', true],
        ['file', 'a.ts', 'src · +1 −2', true],
        ['hunk', '3: three', '+1 −1', true],
        ['hunk', '25: line 25', '+0 −1', true],
        ['item', 'Add b', '1/1', true],
        ['file', 'new.ts', 'src · new file · +2 −0', true],
        ['hunk', '1: export const b = 1;', '+2 −0', true],
      ],
    );
    assert.equal(summarizeReview({ review, isPending: true }), '3 hunks, all accepted. 3 tests pass.');
  });

  it('says in words what check boxes and icons show', () => {
    const { review } = new ReviewFixture(changes(), { plan });
    const [, , hunk] = flatten(outlineReview(review, none));
    for (const target of targetsOf(hunk!)) review.decide(target, 'rejected');
    const [item, file, rejected, kept] = flatten(outlineReview(review, none));
    assert.deepEqual(
      [item?.isChecked, file?.isChecked, rejected?.isChecked, kept?.isChecked],
      [false, false, false, true],
    );
    assert.equal(file?.description, 'src · 1 of 2 hunks accepted · +1 −2');
    assert.equal(file.spoken, 'File src/a.ts, changed, 1 line added, 2 removed, 1 of 2 hunks accepted');
    assert.equal(rejected?.spoken, 'Hunk, 3: three, 1 line added, 1 removed, rejected');
    assert.match(
      summarizeReview({ review, isPending: true }),
      /^1 of 3 hunks rejected\. The tests run on what is accepted before/,
    );
  });

  it('gives the reasons to look, up to the item', () => {
    const { review } = new ReviewFixture(changes(), { plan });
    const reasons = new Map([['src/a.ts', [{ kind: 'noTest', text: 'No test reaches it.' }] as const]]);
    const [item, file, , , other] = flatten(outlineReview(review, reasons));
    assert.deepEqual([item?.needsLook, file?.needsLook, other?.needsLook], [true, true, false]);
    assert.equal(file?.description, 'src · no test reaches it · +1 −2');
    assert.match(file.tooltip, /No test reaches it\.$/);
    assert.match(file.spoken, /no test reaches it$/);
  });

  it('names the lines of a hunk that never ran in the tests, up to the item', () => {
    const coverage = [{ path: 'src/new.ts', neverRan: [{ first: 2, last: 2 }], partlyRan: [] }];
    const { review } = new ReviewFixture(changes(), { plan, coverage });
    const [one, , , , two, file, hunk] = flatten(outlineReview(review, none));
    assert.deepEqual(
      [one, two, file, hunk].map(node => node?.needsLook),
      [false, true, true, true],
    );
    assert.equal(hunk?.description, 'line 2 never ran in the tests · +2 −0');
    assert.match(hunk.tooltip, /\nLine 2 never ran in the tests\.$/);
    assert.match(hunk.spoken, /, accepted, line 2 never ran in the tests$/);
  });

  it('says that the agents were cut short, while that is the human’s to decide', () => {
    const { run, review } = new ReviewFixture(changes(), { plan });
    run.append({ type: 'iteration.started', iteration: 1, items: [], feedback: [] });
    assert.match(summarizeReview({ review, isPending: true }), /The agents were cut short; request changes/);
    assert.doesNotMatch(summarizeReview({ review, isPending: false }), /cut short/);
  });

  it('marks the rejected hunk that the tests need, and names where it is', async () => {
    const { review } = new ReviewFixture(changes(), {
      plan,
      test: overlay => testReport(overlay.has('src/a.ts') ? [] : ['it works']),
    });
    review.decide({ kind: 'file', path: 'src/a.ts' }, 'rejected');
    await review.prove({ signal });
    assert.match(summarizeReview({ review, isPending: true }), /The tests fail: "it works"\.$/);
    const search = await review.findNeededHunks({ signal });
    const marked = flatten(outlineReview(review, none)).filter(node => node.kind === 'hunk' && node.needsLook);
    assert.equal(marked.length, 1);
    assert.match(marked[0]?.spoken ?? '', /rejected, the tests need it$/);
    assert.equal(marked[0]?.kind === 'hunk' && marked[0].isNeeded, true);
    assert.ok(search.kind === 'found');
    assert.match(nameHunks(review, search.needed.hunks), /^src\/a\.ts, line (3|25)$/);
  });

  it('tells what changed since comments were sent, and what the user wrote', () => {
    const fixture = new ReviewFixture(changes(), { plan });
    const { review } = fixture;
    review.edit('src/new.ts', 'export const b = 2;\n');
    review.comment({ path: 'src/a.ts', line: 3, text: 'Make it 33' });
    assert.match(summarizeReview({ review, isPending: true }), /1 comment not sent yet\./);
    review.requestChanges();
    fixture.stage([
      stagedChange('src/a.ts', before, before.replace('line 3\n', 'thirty-three\n')),
      ...changes().slice(1),
    ]);
    const files = flatten(outlineReview(review, none)).filter(node => node.kind === 'file');
    assert.match(files[0]?.description ?? '', /^src · changed since your comments · /);
    assert.match(files[1]?.description ?? '', /^src · new file · edited by you · /);
  });

  it('leaves room for what matters: of a deep folder its two ends, the whole path in the tooltip', () => {
    const path = 'packages/shop/src/checkout/discounts/quantity.ts';
    const { review } = new ReviewFixture([...changes(), stagedChange(path, undefined, 'export {};\n')], { plan });
    const file = flatten(outlineReview(review, none)).find(node => node.id === `file:${path}`);
    assert.deepEqual([file?.label, file?.description], ['quantity.ts', 'packages/…/discounts · new file · +1 −0']);
    assert.match(file?.tooltip ?? '', /^packages\/shop\/src\/checkout\/discounts\/quantity\.ts\n/);
  });

  it('has the files in the order of the plan, whatever their names', () => {
    const items = [buildItem('two', { filePath: 'src/new.ts' }), buildItem('one', { filePath: 'src/a.ts' })];
    const { review } = new ReviewFixture(changes(), { plan: buildPlan(items) });
    assert.deepEqual(
      filesInOrder(review).map(file => file.path),
      ['src/new.ts', 'src/a.ts'],
    );
  });

  it('counts the conflicts that are to be resolved', () => {
    const fixture = new ReviewFixture(changes(), { plan });
    fixture.review.edit('src/new.ts', '\nexport const b = 2;\n');
    fixture.stage([...changes().slice(0, 1), stagedChange('src/new.ts', undefined, '\nexport const b = 3;\n')]);
    carryEdits(fixture.run);
    const { review } = fixture;
    assert.match(summarizeReview({ review, isPending: true }), /^3 hunks, all accepted\. 1 conflict to resolve\. /);
  });

  it('decides on an item through its files, those of no item too', () => {
    const { review } = new ReviewFixture(changes(), { plan: buildPlan([buildItem('one', { filePath: 'src/a.ts' })]) });
    const last = outlineReview(review, none).at(-1);
    assert.equal(last?.label, 'Not part of the plan');
    assert.deepEqual(targetsOf(last), [{ kind: 'file', path: 'src/new.ts' }]);
  });
});
