import assert from 'node:assert/strict';
import { searchInstructions } from '../../../../src/models/safety/instructions.ts';
import { harmlessTexts, instructionTexts } from '../../../support/instructionTexts.ts';

function find(text: string): string[] {
  for (const search = searchInstructions(text); ; ) {
    const step = search.next();
    if (step.done === true) return step.value.map(({ kind }) => kind);
  }
}

describe('searchInstructions', () => {
  for (const [kind, texts] of Object.entries(instructionTexts)) {
    it(`finds text of the kind ${kind}, in whatever it stands`, () => {
      for (const text of texts) assert.ok(find(`before;\n${text}\nafter`).length > 0, text);
    });
  }

  it('takes no ordinary text for an instruction', () => {
    for (const text of harmlessTexts) assert.deepEqual(find(text), [], text);
  });

  const hostile = [
    'ignore ',
    'ignore all ',
    'ignore all the previous ',
    'send the ',
    'send secrets, ',
    'curl ',
    'Human: a\n',
    '<',
    '[data ',
    'if you are ',
    'ai that a ',
    '\u200b',
    '\u{e0041}',
    '忽略',
  ];
  for (const piece of hostile) {
    it(`goes through a megabyte of ${JSON.stringify(piece)} in small pieces`, () => {
      let pieces = 0;
      const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
      for (const search = searchInstructions(text); search.next().done !== true; ) pieces += 1;
      assert.ok(pieces >= 30, String(pieces));
    }).timeout(20_000);
  }
});
