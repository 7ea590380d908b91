// What models do to the lines that they quote.
import type { SeededRandom } from '../seededRandom.ts';
import { type Corruption, onHunk } from './corruption.ts';
import { renameWord } from './editPair.ts';
import { headingAbove, renderEdit, sideOf, type WrittenHunk } from './renderEdit.ts';

/** The indexes of the hunk's lines with one of those signs. */
function indexesOf(hunk: WrittenHunk, signs: string): number[] {
  return hunk.lines.flatMap((line, index) => (signs.includes(line[0] ?? '') && line.trim().length > 1 ? [index] : []));
}

function mapBodies(hunk: WrittenHunk, change: (body: string, sign: string) => string): WrittenHunk {
  return { ...hunk, lines: hunk.lines.map(line => (line[0] ?? '') + change(line.slice(1), line[0] ?? '')) };
}

function replaceLine(hunk: WrittenHunk, index: number, ...lines: string[]): WrittenHunk {
  return { ...hunk, lines: hunk.lines.toSpliced(index, 1, ...lines) };
}

/** Several old lines of the hunk, one of them chosen; undefined when there are too few to change one of them. */
function pickOld(hunk: WrittenHunk, random: SeededRandom): number | undefined {
  const indexes = indexesOf(hunk, ' -');
  return indexes.length < 2 ? undefined : random.pick(indexes);
}

const TYPOGRAPHY: readonly [plain: RegExp, typographic: string][] = [
  [/'/g, '’'],
  [/"/g, '”'],
  [/-/g, '–'],
];

/** The number of spaces of a level, when all indents are whole levels; undefined without indents or with tabs. */
function indentUnit(lines: readonly string[]): number | undefined {
  const indents = lines
    .map(line => /^\s*/.exec(line)?.[0] ?? '')
    .filter((indent, index) => indent !== '' && indent.length < (lines[index] ?? '').length);
  if (indents.length === 0 || indents.some(indent => indent.includes('\t'))) return undefined;
  return [4, 2].find(unit => indents.every(indent => indent.length % unit === 0));
}

const tabsInHunk = onHunk((hunk, _, before) => {
  const unit = indentUnit(before);
  const fits = unit !== undefined && indentUnit(hunk.lines.map(line => line.slice(1))) === unit;
  return !fits ? undefined : mapBodies(hunk, body => body.replace(/^ +/, run => '\t'.repeat(run.length / unit)));
});

/** By their names. */
export const hunkCorruptions: Readonly<Record<string, Corruption>> = {
  'wrong line numbers': onHunk((hunk, random) => ({
    ...hunk,
    oldStart: Math.max(1, hunk.oldStart + random.below(400) - 200),
  })),
  'no heading': onHunk(hunk => (hunk.heading === undefined ? undefined : { ...hunk, heading: undefined })),
  'trailing space': onHunk(
    (hunk, random) => mapBodies(hunk, body => (random.chance(0.3) ? `${body}  ` : body)),
    'spelling',
  ),
  'no trailing space': onHunk(hunk => mapBodies(hunk, body => body.trimEnd()), 'spelling'),
  'indent added': onHunk((hunk, random) =>
    mapBodies(hunk, body => (body === '' ? body : ' '.repeat(random.pick([4])) + body)),
  ),
  'indent removed': onHunk(hunk => {
    const bodies = hunk.lines.map(line => line.slice(1)).filter(body => body.trim() !== '');
    const indents = bodies.map(body => /^[ \t]*/.exec(body)?.[0] ?? '');
    const [first = '', ...others] = indents;
    let common = first;
    while (!others.every(indent => indent.startsWith(common))) common = common.slice(0, -1);
    return mapBodies(hunk, body => (body.startsWith(common) ? body.slice(common.length) : body));
  }),
  'tabs for spaces': (edit, random, before) => {
    if (edit.dialect !== 'wholeFile') return tabsInHunk(edit, random, before);
    const isEven = (lines: readonly string[]) => lines.every(line => /^(?: {2})*(?![ \t])/.test(line));
    const hasLevelsOfTwo = isEven(before) && isEven(edit.content) && before.some(line => /^ {2}\S/.test(line));
    if (!hasLevelsOfTwo) return undefined;
    const content = edit.content.map(line => line.replace(/^ +/, run => '\t'.repeat(run.length / 2)));
    return { text: renderEdit({ ...edit, content }), tolerance: 'none' };
  },
  'spaces for tabs': onHunk(hunk =>
    hunk.lines.some(line => line.startsWith('\t', 1))
      ? mapBodies(hunk, body => body.replace(/^\t+/, run => '    '.repeat(run.length)))
      : undefined,
  ),
  typography: onHunk((hunk, random) => {
    const [plain, typographic] = random.pick(TYPOGRAPHY);
    return hunk.lines.some(line => plain.test(line.slice(1)))
      ? mapBodies(hunk, body => body.replaceAll(plain, typographic))
      : undefined;
  }, 'spelling'),
  'old line misspelt': onHunk((hunk, random) => {
    const index = pickOld(hunk, random);
    const line = hunk.lines[index ?? -1];
    return index === undefined || line === undefined
      ? undefined
      : replaceLine(hunk, index, (line[0] ?? '') + renameWord(random, line.slice(1)));
  }),
  'letter lost': onHunk((hunk, random) => {
    const index = pickOld(hunk, random);
    const line = hunk.lines[index ?? -1];
    if (index === undefined || line === undefined) return undefined;
    const at = 1 + random.below(line.length - 1);
    return replaceLine(hunk, index, line.slice(0, at) + line.slice(at + 1));
  }, 'spelling'),
  'old line invented': onHunk((hunk, random) =>
    replaceLine(hunk, 0, hunk.lines[0] ?? '', ` ${renameWord(random, sideOf(hunk, 'old')[0] ?? 'x')}`),
  ),
  'old line left out': onHunk((hunk, random) => {
    const index = pickOld(hunk, random);
    if (index === undefined) return undefined;
    // Leaving out the line beside a change says that the change is one line further on, and that is what is done then.
    const isEdge = index === 0 || index === hunk.lines.length - 1;
    const isAmongContext = [-1, 0, 1].every(offset => hunk.lines[index + offset]?.startsWith(' '));
    return isAmongContext || (isEdge && hunk.lines[index]?.startsWith(' ')) ? replaceLine(hunk, index) : undefined;
  }),
  'old lines swapped': onHunk((hunk, random) => {
    const index = random.below(hunk.lines.length - 1);
    const [first, second] = [hunk.lines[index], hunk.lines[index + 1]];
    if (!first?.startsWith(' ') || !second?.startsWith(' ') || first === second) return undefined;
    return { ...hunk, lines: hunk.lines.toSpliced(index, 2, second, first) };
  }),
  'blank line added': onHunk((hunk, random) => {
    const index = pickOld(hunk, random);
    return index === undefined ? undefined : { ...hunk, lines: hunk.lines.toSpliced(index, 0, ' ') };
  }),
  'old lines elided': onHunk(hunk => {
    const context = indexesOf(hunk, ' ');
    return context.length < 3 ? undefined : replaceLine(hunk, context[1] ?? 0, ' ...');
  }),
  'new lines elided': onHunk((hunk, random) => {
    const added = indexesOf(hunk, '+');
    return added.length < 2 ? undefined : replaceLine(hunk, random.pick(added), '+// ... existing code ...');
  }),
  'one old line indented': onHunk((hunk, random) => {
    const index = pickOld(hunk, random);
    const line = hunk.lines[index ?? -1];
    return index === undefined || line === undefined
      ? undefined
      : replaceLine(hunk, index, `${line[0] ?? ''}  ${line.slice(1)}`);
  }),
  'anchor for context': onHunk((hunk, _, before) => {
    const start = hunk.oldStart - 1 + hunk.lines.findIndex(line => !line.startsWith(' '));
    const heading = headingAbove(before, start);
    return heading === undefined
      ? undefined
      : { ...hunk, heading, anchors: [heading], lines: trimContext(hunk.lines, 0) };
  }),
  'less context': onHunk(hunk => ({ ...hunk, lines: trimContext(hunk.lines, 1) })),
  'no context': onHunk(hunk => ({ ...hunk, lines: trimContext(hunk.lines, 0) })),
  'numbered lines': onHunk(hunk => mapBodies(hunk, body => `${hunk.oldStart} | ${body}`)),
  'escaped markup': onHunk(hunk =>
    sideOf(hunk, 'old').some(line => /[<>&]/.test(line))
      ? mapBodies(hunk, body => body.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'))
      : undefined,
  ),
  'other case': onHunk(hunk => mapBodies(hunk, (body, sign) => (sign === '+' ? body : body.toUpperCase()))),
  'hunk repeated': (edit, random) =>
    edit.hunks.length === 0
      ? undefined
      : { text: renderEdit({ ...edit, hunks: [...edit.hunks, random.pick(edit.hunks)] }), tolerance: 'none' },
  'hunks in another order': edit =>
    edit.hunks.length < 2
      ? undefined
      : { text: renderEdit({ ...edit, hunks: edit.hunks.toReversed() }), tolerance: 'none' },
};

function trimContext(lines: readonly string[], kept: number): string[] {
  const first = lines.findIndex(line => !line.startsWith(' '));
  const last = lines.findLastIndex(line => !line.startsWith(' '));
  return lines.slice(Math.max(0, first - kept), last + 1 + kept);
}
