import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { AbortError } from '../../../src/base/errors.ts';
import { LineReader } from '../../../src/terminal/lineReader.ts';
import { Prompter, yesOrNo } from '../../../src/terminal/prompter.ts';
import { Screen } from '../../../src/terminal/screen.ts';
import { FakeOutput } from '../../support/fakeOutput.ts';

function setUp(options: { keepsEarlyLines?: boolean; echoes?: boolean } = {}) {
  const { keepsEarlyLines = true, echoes = false } = options;
  const input = new PassThrough();
  const output = new FakeOutput();
  const screen = new Screen(output);
  const givenUp: Error[] = [];
  const lines = new LineReader(input, { keepsEarlyLines });
  const write = (text: string) => void output.write(text);
  const onGivenUp = (reason: Error) => void givenUp.push(reason);
  const prompter = new Prompter({ screen, lines, write, echoes, onGivenUp });
  const controller = new AbortController();
  const { signal } = controller;
  const ask = (text: string) => prompter.ask(text, '> ', answer => (answer === '' ? undefined : answer), { signal });
  return { input, output, screen, givenUp, lines, prompter, controller, signal, ask };
}

describe('Prompter', () => {
  it('asks until the answer is one', async () => {
    const { input, output, prompter, signal } = setUp();
    const answer = prompter.ask('Apply?', '[y/n] ', yesOrNo, { signal });
    await output.until('[y/n] ');
    input.write('what\n\n YES \n');
    assert.equal(await answer, true);
    assert.equal(output.text, 'Apply?\n[y/n] [y/n] [y/n] ');
  });

  it('asks one question at a time, in the order they came', async () => {
    const { input, output, ask } = setUp({ echoes: true });
    const both = Promise.all([ask('first'), ask('second')]);
    input.write('1\n2\n');
    assert.deepEqual(await both, ['1', '2']);
    assert.equal(output.text, 'first\n> 1\nsecond\n> 2\n');
  });

  it('does not let a line that was typed before the question answer it on a terminal', async () => {
    const { input, output, ask } = setUp({ keepsEarlyLines: false });
    const first = ask('first');
    await output.until('> ');
    input.write('one\nearly\n');
    assert.equal(await first, 'one');
    const second = ask('second');
    await output.until('second\n> ');
    input.write('two\n');
    assert.equal(await second, 'two');
  });

  it('gives up when the input ends, also for those who ask later', async () => {
    const { input, output, givenUp, ask } = setUp();
    const first = ask('first');
    await output.until('> ');
    input.end('no line end');
    assert.equal(await first, 'no line end');
    await assert.rejects(ask('second'), AbortError);
    assert.equal(givenUp.length, 1);
    assert.match(output.text, /> \n$/);
  });

  it('stops asking when it is aborted, and lets the next one ask', async () => {
    const { input, output, controller, screen, prompter, ask } = setUp();
    const waiting = ask('first');
    await output.until('> ');
    screen.print('meanwhile');
    controller.abort(new AbortError());
    await assert.rejects(waiting, AbortError);
    assert.match(output.text, /> \nmeanwhile\n$/);
    await assert.rejects(ask('second'), AbortError);
    const third = prompter.ask('third', '> ', answer => answer, { signal: new AbortController().signal });
    await output.until('third');
    input.write('3\n');
    assert.equal(await third, '3');
  });

  it('does not read before it is asked, and lets go of the input at the end', async () => {
    const { input, lines, ask } = setUp();
    assert.equal(input.listenerCount('data') + input.listenerCount('readable'), 0);
    input.write('1\n');
    await ask('first');
    lines.dispose();
    assert.equal(input.isPaused(), true);
  });
});

describe('yesOrNo', () => {
  it('takes the words and nothing else', () => {
    assert.deepEqual(['y', 'Yes', 'N', 'no', '', 'yep', '1'].map(yesOrNo), [
      true,
      true,
      false,
      false,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
