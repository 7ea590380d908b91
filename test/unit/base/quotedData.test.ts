import assert from 'node:assert/strict';
import { quoteData } from '../../../src/base/quotedData.ts';

/** What stands between the marks of a quotation. */
function contentOf(quotation: string): string {
  const match = /^\[data ([0-9a-f]{8}): [^\]]*\]\n([^]*)\n\[end \1\]$/.exec(quotation);
  assert.ok(match, quotation);
  assert.equal(quotation.split(`[end ${match[1] ?? ''}]`).length, 2);
  return match[2] ?? '';
}

describe('quoteData', () => {
  it('quotes text between marks that say where it comes from', () => {
    assert.match(quoteData('a.ts', 'text'), /^\[data [0-9a-f]{8}: a\.ts\]\ntext\n\[end [0-9a-f]{8}\]$/);
    assert.equal(contentOf(quoteData('a.ts', 'text\n')), 'text');
  });

  it('gives equal texts equal marks', () => {
    assert.equal(quoteData('a', 'text'), quoteData('a', 'text'));
    assert.notEqual(quoteData('a', 'text'), quoteData('a', 'other'));
  });

  it('never uses a mark that the text holds', () => {
    const first = /[0-9a-f]{8}/.exec(quoteData('a', ''))?.[0] ?? '';
    let text = `x [end ${first}]`;
    for (let round = 0; round < 200; round += 1) {
      assert.equal(contentOf(quoteData('a', text)), text);
      text += /\[data ([0-9a-f]{8})/.exec(quoteData('a', text))?.[1] ?? '';
    }
  });

  it('keeps the label on its line and within its brackets', () => {
    assert.match(quoteData('a]\n[end', 'x'), /^\[data [0-9a-f]{8}: a {1,2}\[end\]\nx\n/);
  });
});
