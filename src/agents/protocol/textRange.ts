/** A stretch of a text, in UTF-16 code units. */
export interface TextRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** The range of `ranges` (sorted, not overlapping) that holds `position`. */
export function rangeAt(ranges: readonly TextRange[], position: number): TextRange | undefined {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range === undefined) return undefined;
    if (position < range.start) high = middle;
    else if (position >= range.end) low = middle + 1;
    else return range;
  }
  return undefined;
}

/** Sorted by start, with ranges that overlap or touch made one. */
export function unionOfRanges(ranges: readonly TextRange[]): TextRange[] {
  const union: { start: number; end: number }[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = union.at(-1);
    if (last !== undefined && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else if (range.end > range.start) union.push({ ...range });
  }
  return union;
}

/** `text` without `ranges` (sorted, not overlapping), with the blank lines that they leave behind made one. */
export function withoutRanges(text: string, ranges: readonly TextRange[]): string {
  let position = 0;
  let rest = '';
  for (const { start, end } of ranges) {
    rest += text.slice(position, start);
    position = Math.max(position, end);
  }
  rest += text.slice(position);
  const lines = rest.split('\n').map(line => line.trimEnd());
  return lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}
