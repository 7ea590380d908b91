// Text that reads as if it spoke to a model. It is marked, not removed: it may be what the user's file is about.
import type { TextFinding } from '../../base/credentials/textFinding.ts';
import { textWindows } from '../../base/credentials/textWindows.ts';
import { type InstructionPhrase, instructionPhrases, instructionSigns } from './instructionFormats.ts';

const phrasesByOpening = new Map<string, InstructionPhrase[]>();
for (const phrase of instructionPhrases) {
  for (const opening of phrase.openings) {
    phrasesByOpening.set(opening, [...(phrasesByOpening.get(opening) ?? []), phrase]);
  }
}

/** Any opening; of two that begin alike, the longer. */
const anyOpening = new RegExp(
  `(?<![A-Za-z0-9])(?:${[...phrasesByOpening.keys()].sort((left, right) => right.length - left.length).join('|')})(?![A-Za-z0-9])`,
  'gi',
);

/** Finds what reads like an instruction to a model, piece by piece as `searchCredentials` does. A phrase may go over the end of a line. */
export function* searchInstructions(text: string): Generator<undefined, readonly TextFinding[], undefined> {
  const findings: TextFinding[] = [];
  for (const { text: part, offset } of textWindows(text)) {
    for (const { kind, start, end } of [...signsIn(part), ...phrasesIn(part)]) {
      findings.push({ kind, start: offset + start, end: offset + end });
    }
    yield;
  }
  return findings.sort((left, right) => left.start - right.start);
}

function* signsIn(text: string): Generator<TextFinding> {
  for (const { kind, marks, pattern } of instructionSigns) {
    if (!marks.some(mark => text.includes(mark))) continue;
    for (const { 0: match, index } of text.matchAll(pattern)) yield { kind, start: index, end: index + match.length };
  }
}

/** One pass for all openings, and only where one stands, a look at what follows. */
function* phrasesIn(text: string): Generator<TextFinding> {
  for (const { 0: opening, index } of text.matchAll(anyOpening)) {
    for (const { kind, rest, before } of phrasesByOpening.get(opening.toLowerCase()) ?? []) {
      if (before !== undefined && !before.test(text.slice(Math.max(0, index - 20), index))) continue;
      rest.lastIndex = index + opening.length;
      if (rest.test(text)) {
        yield { kind, start: index, end: rest.lastIndex };
        break;
      }
    }
  }
}
