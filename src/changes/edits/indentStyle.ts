// A file that is indented with spaces throughout, or with tabs throughout, stays so.

type IndentStyle = 'tabs' | 'spaces';

/** Widths that a level of spaces may have, widest first. */
const WIDTHS = [8, 4, 3, 2] as const;
const DEFAULT_WIDTH = 4;

/**
 * How to write new lines in the style of a file: unchanged, unless all of the file's indented lines are of one style and
 * all of the new ones of the other.
 */
export function indentStyleAdapter(file: readonly string[], added: readonly string[]): (line: string) => string {
  const wanted = styleOf(file);
  const given = styleOf(added);
  if (wanted === undefined || given === undefined || wanted === given) return line => line;
  if (wanted === 'spaces') {
    const level = ' '.repeat(widthOf(file));
    return line => line.replace(/^\t+/, tabs => level.repeat(tabs.length));
  }
  const width = widthOf(added);
  return line =>
    line.replace(/^ +/, spaces => '\t'.repeat(Math.floor(spaces.length / width)) + ' '.repeat(spaces.length % width));
}

/** A single space is no indent: the lines of a comment that begin with ` *` have it in either style. */
function styleOf(lines: readonly string[]): IndentStyle | undefined {
  let style: IndentStyle | undefined;
  for (const line of lines) {
    const own = line.startsWith('\t') ? 'tabs' : line.startsWith('  ') ? 'spaces' : undefined;
    if (own === undefined || line.trim() === '') continue;
    if (style !== undefined && style !== own) return undefined;
    style = own;
  }
  return style;
}

/** The widest level of which at least nine in ten of the indents are whole multiples. */
function widthOf(lines: readonly string[]): number {
  const indents = lines.flatMap(line => (line.startsWith('  ') ? [/^ */.exec(line)?.[0].length ?? 0] : []));
  const fits = (width: number) => indents.filter(indent => indent % width === 0).length >= 0.9 * indents.length;
  return indents.length === 0 ? DEFAULT_WIDTH : (WIDTHS.find(fits) ?? DEFAULT_WIDTH);
}
