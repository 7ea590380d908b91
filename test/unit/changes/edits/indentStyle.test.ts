import assert from 'node:assert/strict';
import { indentStyleAdapter } from '../../../../src/changes/edits/indentStyle.ts';

const adapted = (file: readonly string[], added: readonly string[]) => added.map(indentStyleAdapter(file, added));

describe('indentStyleAdapter', () => {
  it('writes tabs as levels of the spaces that the file has', () => {
    assert.deepEqual(adapted(['f:', '  a', '    b'], ['\tx', '\t\ty', 'z']), ['  x', '    y', 'z']);
    assert.deepEqual(adapted(['f:', '    a', '        b'], ['\tx']), ['    x']);
  });

  it('writes spaces as tabs, and keeps what is less than a level', () => {
    assert.deepEqual(adapted(['f {', '\ta'], ['  x', '    y', '      z']), ['\tx', '\t\ty', '\t\t\tz']);
    const comment = ['    /**', '     * x', '     */', ...Array.from({ length: 17 }, () => '    y')];
    assert.deepEqual(adapted(['f {', '\ta'], comment).slice(0, 4), ['\t/**', '\t * x', '\t */', '\ty']);
  });

  it('leaves lines alone where file or lines have both styles, none, or the same', () => {
    for (const file of [['\ta', '  b'], ['a'], ['  a'], [' * a']]) assert.deepEqual(adapted(file, ['  x']), ['  x']);
    assert.deepEqual(adapted(['\ta'], ['\tx', '  y']), ['\tx', '  y']);
  });

  it('does not take blank lines for indented ones', () => {
    assert.deepEqual(adapted(['  a', '\t'], ['\tx']), ['  x']);
  });
});
