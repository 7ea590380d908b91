/** A part of a text that is searched in one go. */
export interface TextWindow {
  readonly text: string;
  /** Where it begins in the whole. */
  readonly offset: number;
}

/** Characters. Every pattern is done with so many well within the 50 ms that can be felt, whatever they are. */
const windowLength = 32_768;
/** What two windows of one long line have in common, so that nothing is overlooked where it is cut. */
const overlap = 2048;

/** The text in windows that end with a line where they can; what is looked for in them lies within one line. */
export function* textWindows(text: string): Generator<TextWindow, void, undefined> {
  let start = 0;
  while (text.length - start > windowLength) {
    const lineEnd = text.lastIndexOf('\n', start + windowLength - 1) + 1;
    const end = lineEnd > start ? lineEnd : start + windowLength;
    yield { text: text.slice(start, end), offset: start };
    start = lineEnd > start ? end : end - overlap;
  }
  yield { text: text.slice(start), offset: start };
}
