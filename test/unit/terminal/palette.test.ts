import assert from 'node:assert/strict';
import { choosePalette } from '../../../src/terminal/palette.ts';

describe('choosePalette', () => {
  const isColoured = (isTerminal: boolean, environment = {}, isRefused = false) =>
    choosePalette({ isRefused, isTerminal, environment }).red('x') !== 'x';

  it('has colours on a terminal only, unless told otherwise', () => {
    assert.equal(isColoured(true), true);
    assert.equal(isColoured(false), false);
    assert.equal(isColoured(true, {}, true), false);
    assert.equal(isColoured(true, { NO_COLOR: '1' }), false);
    assert.equal(isColoured(true, { NO_COLOR: '' }), true);
    assert.equal(isColoured(true, { TERM: 'dumb' }), false);
    assert.equal(isColoured(false, { FORCE_COLOR: '1' }), true);
    assert.equal(isColoured(false, { FORCE_COLOR: '1', NO_COLOR: '1' }), false);
  });

  it('ends each colour where it began', () => {
    const { green, bold } = choosePalette({ isRefused: false, isTerminal: true, environment: {} });
    assert.equal(green('ok'), '\u001b[32mok\u001b[39m');
    assert.equal(bold(''), '');
  });
});
