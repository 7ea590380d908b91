// "The same lines, indented differently as a whole": tells whether one set of indents is another one shifted, and
// carries the shift over to lines that are new.

/** Rewrites the indent of a pattern's line into the file's. */
export interface IndentShift {
  /** The line with its indent rewritten; undefined when the shift says nothing about such an indent. */
  apply(line: string): string | undefined;
}

/** The whitespace that a line begins with. */
export function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

export const noShift: IndentShift = { apply: line => line };

interface IndentPair {
  readonly pattern: string;
  readonly file: string;
}

/**
 * The shift that turns the indents of `pattern` into those of `file`, line by line, or undefined when no single one
 * does. Blank lines do not count. The shifts are: a constant prefix more or less; a level of tabs for a level of spaces
 * or the other way round, with the same number of levels more or less everywhere; and levels of another width.
 */
export function indentShift(pattern: readonly string[], file: readonly string[]): IndentShift | undefined {
  const pairs = new Map<string, string>();
  for (const [index, line] of pattern.entries()) {
    if (line.trim() === '') continue;
    const own = indentOf(line);
    const other = indentOf(file[index] ?? '');
    if ((pairs.get(own) ?? other) !== other) return undefined;
    pairs.set(own, other);
  }
  const list = [...pairs].map(([own, other]): IndentPair => ({ pattern: own, file: other }));
  const first = list[0];
  if (!first) return undefined;
  if (list.every(pair => pair.pattern === pair.file)) return noShift;
  return prefixShift(list, first) ?? levelShift(list);
}

function prefixShift(pairs: readonly IndentPair[], first: IndentPair): IndentShift | undefined {
  const { pattern, file } = first;
  if (file.endsWith(pattern)) {
    const added = file.slice(0, file.length - pattern.length);
    if (!pairs.every(pair => pair.file === added + pair.pattern)) return undefined;
    return { apply: line => (line.trim() === '' ? line : added + line) };
  }
  if (pattern.endsWith(file)) {
    const removed = pattern.slice(0, pattern.length - file.length);
    if (!pairs.every(pair => pair.pattern === removed + pair.file)) return undefined;
    return { apply: line => (line.startsWith(removed) ? line.slice(removed.length) : blankOrNothing(line)) };
  }
  return undefined;
}

function blankOrNothing(line: string): string | undefined {
  return line.trim() === '' ? line : undefined;
}

const TAB = '\t';
const UNITS = [TAB, '  ', '    ', '   ', '        '] as const;

/** Tries every pair of indent units; takes the result only if all that explain the pairs agree on what they explain. */
function levelShift(pairs: readonly IndentPair[]): IndentShift | undefined {
  const shifts: { readonly from: string; readonly to: string; readonly levels: number }[] = [];
  for (const from of UNITS) {
    for (const to of UNITS) {
      if (from === to) continue;
      const levels = commonDifference(pairs, from, to);
      const isCertain = from === TAB || to === TAB || (levels === 0 && showsWidth(pairs));
      if (levels !== undefined && isCertain) shifts.push({ from, to, levels });
    }
  }
  if (shifts.length === 0) return undefined;
  return {
    apply: line => {
      if (line.trim() === '') return line;
      const indent = indentOf(line);
      const known = pairs.find(pair => pair.pattern === indent);
      if (known) return known.file + line.slice(indent.length);
      const results = new Set(shifts.map(shift => shifted(indent, shift.from, shift.to, shift.levels)));
      results.delete(undefined);
      const [only] = results;
      return results.size === 1 && only !== undefined ? only + line.slice(indent.length) : undefined;
    },
  };
}

/** Two depths of indent tell a width: a single line that is off by some spaces could pass for any. */
function showsWidth(pairs: readonly IndentPair[]): boolean {
  return new Set(pairs.map(pair => pair.pattern.length).filter(length => length > 0)).size > 1;
}

function commonDifference(pairs: readonly IndentPair[], from: string, to: string): number | undefined {
  let difference: number | undefined;
  for (const pair of pairs) {
    const own = levelsOf(pair.pattern, from);
    const other = levelsOf(pair.file, to);
    if (own === undefined || other === undefined) return undefined;
    if (difference !== undefined && difference !== other - own) return undefined;
    difference = other - own;
  }
  return difference;
}

function levelsOf(indent: string, unit: string): number | undefined {
  const levels = indent.length / unit.length;
  return Number.isInteger(levels) && indent === unit.repeat(levels) ? levels : undefined;
}

function shifted(indent: string, from: string, to: string, levels: number): string | undefined {
  const own = levelsOf(indent, from);
  return own === undefined || own + levels < 0 ? undefined : to.repeat(own + levels);
}
