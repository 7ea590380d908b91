import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { LineReader } from '../../../src/terminal/lineReader.ts';
import { noColours } from '../../../src/terminal/palette.ts';
import { Prompter } from '../../../src/terminal/prompter.ts';
import { Screen } from '../../../src/terminal/screen.ts';
import { TerminalHuman } from '../../../src/terminal/terminalHuman.ts';
import { nobodyAnswers, UnattendedHuman } from '../../../src/terminal/unattendedHuman.ts';
import { FakeOutput } from '../../support/fakeOutput.ts';
import { ReviewFixture } from '../../support/reviewFixture.ts';
import { samplePlan, sampleScore } from '../../support/sampleRun.ts';

const question = { id: 'q1', text: 'Which style?', options: ['iterative', 'recursive'] };
const { signal } = new AbortController();
const { review } = new ReviewFixture([]);
const editText = () => Promise.reject(new Error('Nothing is edited here.'));

function setUp(input: string, isPlanApproved = false) {
  const stdin = new PassThrough();
  stdin.end(input);
  const output = new FakeOutput();
  const lines = new LineReader(stdin, { keepsEarlyLines: true });
  const write = (text: string) => void output.write(text);
  const onGivenUp = () => undefined;
  const prompter = new Prompter({ screen: new Screen(output), lines, write, echoes: false, onGivenUp });
  return { output, human: new TerminalHuman({ prompter, palette: noColours, isPlanApproved, editText }) };
}

describe('TerminalHuman', () => {
  it('asks for the plan, unless it is approved beforehand', async () => {
    const yes = setUp('y\n');
    assert.deepEqual(await yes.human.approvePlan(samplePlan, { signal }), {
      kind: 'approve',
      plan: samplePlan,
      by: 'human',
    });
    assert.match(yes.output.text, /Carry out this plan of 3 items\?\n\[y\/n\] $/);
    assert.deepEqual(await setUp('n\n').human.approvePlan(samplePlan, { signal }), { kind: 'cancel' });
    const beforehand = setUp('', true);
    assert.deepEqual(await beforehand.human.approvePlan(samplePlan, { signal }), {
      kind: 'approve',
      plan: samplePlan,
      by: 'auto',
    });
    assert.equal(beforehand.output.text, '');
  });

  it('takes an option by its number, free text, and Enter for the default', async () => {
    const chosen = setUp('2\n');
    assert.deepEqual(await chosen.human.answer(question, { signal }), { text: 'recursive', by: 'human' });
    assert.equal(chosen.output.text, '? Which style?\n  1) iterative\n  2) recursive\n> ');
    assert.equal((await setUp('3\n').human.answer(question, { signal })).text, '3');
    assert.equal((await setUp('\nclosed form\n').human.answer(question, { signal })).text, 'closed form');
    const withDefault = { ...question, defaultAnswer: 'iterative' };
    assert.equal((await setUp('\n').human.answer(withDefault, { signal })).text, 'iterative');
  });

  it('asks for the changes, and says when the quality was not reached', async () => {
    const yes = setUp('y\n');
    const request = { review, score: sampleScore };
    assert.deepEqual(await yes.human.review(request, { signal }), { kind: 'accept', despiteProof: false });
    assert.match(yes.output.text, /Apply these changes to 0 files\?\n\[y\/n\/h\/q\/\?\] $/);
    assert.deepEqual(await setUp('q\n').human.review(request, { signal }), { kind: 'leave' });
    const no = setUp('n\n');
    const failed = { review, score: { ...sampleScore, passed: false } };
    assert.deepEqual(await no.human.review(failed, { signal }), { kind: 'refuse' });
    assert.match(no.output.text, /The quality was not reached\. Apply these changes to 0 files all the same\?/);
  });
});

describe('UnattendedHuman', () => {
  const upFront = { palette: noColours, isLeft: false };

  it('approves the plan, accepts what passed and shows it, and turns down what did not', async () => {
    const printed: string[] = [];
    const human = new UnattendedHuman({ ...upFront, print: text => void printed.push(text) });
    assert.deepEqual(await human.approvePlan(samplePlan), { kind: 'approve', plan: samplePlan, by: 'auto' });
    assert.deepEqual(await human.review({ review, score: sampleScore }), { kind: 'accept' });
    assert.match(printed.join(), /0 files/);
    const failed = { ...sampleScore, passed: false };
    assert.deepEqual(await human.review({ review, score: failed }), { kind: 'refuse' });
  });

  it('leaves what passed for a review later where nothing is to be applied, and shows it', async () => {
    const printed: string[] = [];
    const human = new UnattendedHuman({ palette: noColours, isLeft: true, print: text => void printed.push(text) });
    assert.deepEqual(await human.review({ review, score: sampleScore }), { kind: 'leave' });
    assert.match(printed.join(), /0 files/);
  });

  it('says what keeps accepted changes from being applied, and leaves them for a review', async () => {
    const human = new UnattendedHuman({ ...upFront, print: () => undefined });
    const conflicts = { kind: 'conflicts', message: 'a.ts has conflicts.', paths: ['a.ts'] } as const;
    await assert.rejects(human.review({ review, score: sampleScore, setback: conflicts }), {
      kind: 'validation',
      message: 'a.ts has conflicts. Nothing was applied; look at it with trellis review run_test.',
    });
    const proof = { treeHash: 't', verdict: 'fails', summary: 'The tests fail.' } as const;
    const failing = { kind: 'notProven', message: proof.summary, proof } as const;
    await assert.rejects(human.review({ review, score: sampleScore, setback: failing }), { kind: 'quality' });
  });

  it('answers with the default, or tells the agent to choose', async () => {
    const human = new UnattendedHuman({ ...upFront, print: () => undefined });
    assert.deepEqual(await human.answer({ ...question, defaultAnswer: 'iterative' }), {
      text: 'iterative',
      by: 'default',
    });
    assert.deepEqual(await human.answer(question), { text: nobodyAnswers, by: 'default' });
  });
});
