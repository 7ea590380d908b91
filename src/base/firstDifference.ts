/** The first line in which two texts differ; a side is undefined where its text has ended. */
export interface TextDifference {
  /** 1-based. */
  readonly line: number;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  /** The line before it, which both have. */
  readonly before: string | undefined;
}

/** Undefined when the texts are the same. */
export function firstDifference(expected: string, got: string): TextDifference | undefined {
  if (expected === got) return undefined;
  const [left, right] = [expected.split('\n'), got.split('\n')];
  let index = 0;
  while (left[index] === right[index]) index++;
  return { line: index + 1, expected: left[index], got: right[index], before: left[index - 1] };
}

/** Characters of a long line that are shown: some before the place where it differs, the rest after it. */
const shownBefore = 40;
const shownCharacters = 160;

/** Both sides in two lines of text, after the line that they have in common; `names` say whose the sides are. */
export function describeDifference(
  { expected, got, before }: TextDifference,
  names: { readonly expected: string; readonly got: string },
): string {
  const width = Math.max(names.expected.length, names.got.length) + 1;
  const from = Math.max(0, sharedLength(expected ?? '', got ?? '') - shownBefore);
  const shown = (line: string | undefined) => (line === undefined ? '(the text has ended)' : excerpt(line, from));
  return [
    ...(before === undefined ? [] : [`  after ${excerpt(before, 0)}`]),
    `  ${`${names.expected}:`.padEnd(width)} ${shown(expected)}`,
    `  ${`${names.got}:`.padEnd(width)} ${shown(got)}`,
  ].join('\n');
}

function excerpt(line: string, from: number): string {
  const part = line.slice(from, from + shownCharacters);
  return `${from > 0 ? '…' : ''}${JSON.stringify(part)}${from + shownCharacters < line.length ? '…' : ''}`;
}

function sharedLength(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length++;
  return length;
}
