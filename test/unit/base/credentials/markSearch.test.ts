import assert from 'node:assert/strict';
import { MarkSearch } from '../../../../src/base/credentials/markSearch.ts';
import { SeededRandom } from '../../../support/seededRandom.ts';

describe('MarkSearch', () => {
  const search = new MarkSearch([
    { mark: 'abc', value: 1 },
    { mark: 'xabc', value: 2 },
    { mark: 'A_b', value: 3 },
    { mark: 'abcd', value: 1 },
    { mark: 'key', value: 4, ignoresCase: true },
  ]);
  const valuesIn = (text: string) => [...search.valuesIn(text)].sort();

  it('tells which marks are in a text, wherever they stand', () => {
    assert.deepEqual(valuesIn(''), []);
    assert.deepEqual(valuesIn('ab'), []);
    assert.deepEqual(valuesIn('abc'), [1]);
    assert.deepEqual(valuesIn('… xabc'), [1, 2]);
    assert.deepEqual(valuesIn('A_bcd.KeY'), [3, 4]);
  });

  it('takes case for what the mark says', () => {
    assert.deepEqual(valuesIn('ABC a_b A\u007fb aBC'), []);
    assert.deepEqual(valuesIn('KEY'), [4]);
  });

  it('overlooks no mark among characters beyond Latin-1', () => {
    assert.deepEqual(valuesIn('\u0161abc\u0141A_b😀key'), [1, 3, 4]);
  });

  it('finds what a plain search finds', () => {
    const marks = ['sk-', 'sk-a', 'Ska', 'a-s', '-sk', 's_k'];
    const all = new MarkSearch(marks.map(mark => ({ mark, value: mark })));
    const characters = Array.from('skSKa-_mé');
    for (let seed = 1; seed <= 2000; seed += 1) {
      const random = new SeededRandom(seed);
      const text = Array.from({ length: random.below(12) }, () => random.pick(characters)).join('');
      assert.deepEqual([...all.valuesIn(text)].sort(), marks.filter(mark => text.includes(mark)).sort(), text);
    }
  });

  it('refuses a mark that is too short', () => {
    assert.throws(() => new MarkSearch([{ mark: 'ab', value: 0 }]), /The mark "ab" is too short/);
  });
});
