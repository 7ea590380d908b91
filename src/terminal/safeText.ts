/**
 * Text of a model, a file or a command, made safe to print: nothing in it can move the cursor, change a colour, ring,
 * write to the clipboard or turn text around. What was there stays visible as a symbol; line ends and tabs stay.
 */
export function safeText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(controls, character => symbolOf(character.charCodeAt(0)))
    .replaceAll(invisible, '\ufffd');
}

/** The same on one line: line ends and runs of blanks become one blank, and what is longer than `limit` is cut. */
export function safeLine(text: string, limit = 500): string {
  const line = safeText(text).replaceAll(/\s+/g, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

// C0 and C1 controls without tab and line feed.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

// Marks, embeddings, overrides and isolates of the bidirectional algorithm (UAX #9), line and paragraph separators,
// zero-width space and byte order mark. Joiners stay: emoji and several scripts need them.
const invisible = /[\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** The symbol of Unicode's Control Pictures block for a control, such as ␛ for ESC. */
function symbolOf(code: number): string {
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}
