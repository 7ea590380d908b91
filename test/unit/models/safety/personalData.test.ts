import assert from 'node:assert/strict';
import type { TextFinding } from '../../../../src/base/credentials/textFinding.ts';
import { searchPersonalData } from '../../../../src/models/safety/personalData.ts';
import { personalDataTexts } from '../../../support/personalDataTexts.ts';
import { SeededRandom } from '../../../support/seededRandom.ts';

function findIn(text: string): readonly TextFinding[] {
  for (const search = searchPersonalData(text); ; ) {
    const step = search.next();
    if (step.done === true) return step.value;
  }
}

function find(text: string): string[] {
  return findIn(text).map(({ kind, start, end }) => `${kind}: ${text.slice(start, end)}`);
}

describe('searchPersonalData', () => {
  it('finds what has the form of personal data and passes its check', () => {
    const texts: readonly (readonly [text: string, found: string])[] = [
      ['Write to ada.lovelace@analytical.engine.org.', 'email: ada.lovelace@analytical.engine.org'],
      ['tel: +44 20 7946 1958', 'telephone: +44 20 7946 1958'],
      ['phone +4915155512399', 'telephone: +4915155512399'],
      ['call (212) 736-5000 now', 'telephone: (212) 736-5000'],
      ['card 4539 1488 0343 6467', 'payment-card: 4539 1488 0343 6467'],
      ['card 374245455400126', 'payment-card: 374245455400126'],
      ['SSN 536-90-4399', 'us-social-security-number: 536-90-4399'],
      ['NI AB 31 46 50 C', 'uk-national-insurance-number: AB 31 46 50 C'],
      ['DNI 45671238T', 'es-dni: 45671238T'],
      ['NIE X1234267H', 'es-dni: X1234267H'],
      ['NIR 1 85 05 78 006 084 91', 'fr-insee: 1 85 05 78 006 084 91'],
      ['Steuer-ID: 86 095 742 719', 'de-tax-id: 86 095 742 719'],
      ['IBAN DE89 3704 0044 0532 0130 00', 'iban: DE89 3704 0044 0532 0130 00'],
    ];
    for (const [text, found] of texts) assert.deepEqual(find(text), [found], text);
  });

  it('takes nothing whose check digit is wrong, and no documentation', () => {
    const texts = [
      'card 4539 1488 0343 6468',
      'card 4111 1111 1111 1111',
      'DNI 45671238X',
      'NIR 1 85 05 78 006 084 92',
      'Steuer-ID: 86 095 742 718',
      'IBAN DE88 3704 0044 0532 0130 00',
      'SSN 000-12-3456 and 666-12-3456 and 123-45-6789',
      'someone@example.com, git@github.com, icon@2x.png, @scope/name@1.2.3',
      'call 555-0123 or (212) 555-0147',
      'const id = 86095742719;',
      'version 1.234.567-8901, 2026-11-21T10:00:00+01:00, 0.4539148803436467',
      'a7f4539148803436467b',
    ];
    for (const text of texts) assert.deepEqual(find(text), [], text);
  });

  it('finds the same where the signs of other data let it search for everything', () => {
    const texts = Object.values(personalDataTexts).flat();
    const pieces = [...texts, ...texts, '+', '@', 'é', 'AB', '12', '-', ' ', '.', '(', ')', '2A', '2026-11-21', '😀'];
    let found = 0;
    for (let seed = 1; seed <= 1000; seed += 1) {
      const random = new SeededRandom(seed);
      const drawn = Array.from({ length: 1 + random.below(6) }, () => {
        const piece = random.pick(pieces);
        return random.chance(0.4)
          ? piece.replaceAll(random.pick([/ /g, /-/g]), random.pick(['', ' ', '-', '.']))
          : piece;
      });
      const text = drawn.join(random.pick(['', ' ', '\n']));
      const plain = findIn(`${text}\n${texts.join('\n')}`).filter(({ start }) => start < text.length);
      assert.deepEqual(findIn(text), plain, `seed ${seed}: ${text}`);
      found += plain.length;
    }
    assert.ok(found > 700, `only ${found} found`);
  });

  const hostile = ['a', '1', '1 ', '1-', 'a@', 'a@a.', '+1 ', '+1(1)', 'AB12 ', '(212) ', 'X', '12345678'];
  for (const piece of hostile) {
    it(`goes through a megabyte of "${piece}" in small pieces`, () => {
      let pieces = 0;
      for (const search = searchPersonalData(piece.repeat(1_000_000 / piece.length)); search.next().done !== true; )
        pieces += 1;
      assert.ok(pieces >= 30, String(pieces));
    }).timeout(20_000);
  }
});
