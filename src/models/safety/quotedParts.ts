/** A stretch of a prompt that is quoted: text of files, commands and others, which `quoteData` or the planner's tags fence in. */
export interface QuotedPart {
  /** Where the quoted text begins and ends. */
  readonly start: number;
  readonly end: number;
  /** What is quoted, such as `src/a.ts, lines 1-20`. */
  readonly label: string;
  /** Where a note in the heading of the quotation can stand, and what it has to look like there. */
  readonly noteAt: number;
  readonly noteFormat: (note: string) => string;
}

const opening =
  /^\[data (?<mark>[0-9a-f]{8}): (?<label>[^\]\n]{0,300})\]\n|^<(?<tag>project|rules|file)(?: path="(?<path>[^"\n]{0,4000})")?>\n/gm;
const closing = /\[end (?<mark>[0-9a-f]{8})\]|^<\/(?<tag>project|rules|file)>$/gm;

/** The outermost quotations, in order. What is quoted can neither end its own quotation nor open one that counts. */
export function quotedParts(prompt: string): readonly QuotedPart[] {
  const ends = endsOf(prompt);
  const parts: QuotedPart[] = [];
  let done = 0;
  for (const match of prompt.matchAll(opening)) {
    if (match.index < done) continue;
    const { mark, label, tag, path } = match.groups ?? {};
    const start = match.index + match[0].length;
    const end = nextEnd(ends.get(mark ?? tag ?? ''), start);
    if (end === undefined) continue;
    parts.push({
      start,
      end,
      label: label ?? path ?? tag ?? '',
      noteAt: start - 2,
      noteFormat: mark === undefined ? note => ` note="${note}"` : note => `; ${note}`,
    });
    done = end;
  }
  return parts;
}

/** Where quotations end, by the mark or tag that ends them, ascending. */
function endsOf(prompt: string): ReadonlyMap<string, readonly number[]> {
  const ends = new Map<string, number[]>();
  for (const { index, groups } of prompt.matchAll(closing)) {
    const name = groups?.['mark'] ?? groups?.['tag'] ?? '';
    const known = ends.get(name);
    if (known === undefined) ends.set(name, [index]);
    else known.push(index);
  }
  return ends;
}

/** The first of the ascending `ends` that is not before `start`, by halving. */
function nextEnd(ends: readonly number[] | undefined, start: number): number | undefined {
  if (ends === undefined) return undefined;
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return ends[low];
}
