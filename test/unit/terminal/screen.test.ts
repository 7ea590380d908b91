import assert from 'node:assert/strict';
import { Screen } from '../../../src/terminal/screen.ts';
import { FakeOutput } from '../../support/fakeOutput.ts';

describe('Screen', () => {
  it('writes plain lines where nothing is live', () => {
    const output = new FakeOutput();
    const screen = new Screen(output);
    screen.print('one');
    screen.refresh();
    screen.dispose();
    assert.equal(output.text, 'one\n');
  });

  it('keeps the live part below the lines that stay', () => {
    const output = new FakeOutput({ isTTY: true });
    let count = 0;
    const screen = new Screen(output, () => [`live ${count}`, 'second']);
    screen.refresh();
    screen.print('one');
    count = 1;
    screen.refresh();
    screen.print('two');
    assert.deepEqual(output.visible, ['one', 'two', 'live 1', 'second']);
  });

  it('takes the live part away for a prompt and holds back what comes meanwhile', () => {
    const output = new FakeOutput({ isTTY: true });
    const screen = new Screen(output, () => ['live']);
    screen.print('one');
    screen.pause();
    output.write('question? answer\n');
    screen.print('meanwhile');
    screen.refresh();
    assert.deepEqual(output.visible, ['one', 'question? answer']);
    screen.resume();
    assert.deepEqual(output.visible, ['one', 'question? answer', 'meanwhile', 'live']);
  });

  it('never draws more than can be erased again', () => {
    const output = new FakeOutput({ isTTY: true, rows: 4 });
    const screen = new Screen(output, () => ['1', '2', '3', '4', '5']);
    screen.refresh();
    assert.deepEqual(output.visible, ['1', '2', '3']);
    screen.refresh();
    assert.deepEqual(output.visible, ['1', '2', '3']);
  });

  it('leaves no live part behind, and nothing unsaid', () => {
    const output = new FakeOutput({ isTTY: true });
    const screen = new Screen(output, () => ['live']);
    screen.refresh();
    screen.pause();
    screen.print('held');
    screen.dispose();
    assert.deepEqual(output.visible, ['held']);
  });
});
