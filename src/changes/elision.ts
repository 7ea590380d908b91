// Models sometimes write a comment in place of code that they mean to keep ("// ... rest of the file ..."). Taken as
// text it would delete that code, so an edit with such a line is refused.

const COMMENT_START = /^(?:\/\/+|#+|--+|;+|%+|\/\*+|\{\/\*+|\*+|<!--|"""|''')\s*/;
const COMMENT_END = /\s*(?:\*+\/\}?|-->|"""|''')\s*$/;
const DOTS = /(?:\.{3,}|…|\[\.{3,}\])/;
const ONLY_DOTS = /^[([{]?\s*(?:\.{3,}|…)\s*[)\]}]?$/;
const KEPT =
  /\b(?:rest|remaining|remainder|existing|unchanged|previous|same|omitted|original|as before|as is|as above|other)\b/i;
const KEPT_WITHOUT_DOTS = [
  /^[([]?\s*(?:the\s+)?(?:rest|remainder) of\b.*\b(?:unchanged|same|remains?|stays?|here|as before|as is|omitted|goes)\b/i,
  /^[([]?\s*(?:the\s+)?(?:rest|remainder) of (?:the |your |this )?(?:file|code|class|function|method|module|implementation|component|tests?)[)\].]*$/i,
  /^[([]?\s*(?:all\s+)?(?:the\s+)?(?:other|existing|previous|remaining)\s+(?:code|methods?|functions?|imports?|content|tests?|implementation|lines|logic)\s*(?:here|unchanged|(?:remains?|stays?)\s.*|goes here|omitted.*)?[)\].]*$/i,
  /^[([]?\s*(?:unchanged|no changes?(?: here)?|keep (?:the )?(?:existing|rest)\b.*|same as (?:before|above|original))[)\].]*$/i,
];

/** What every line that stands for others has in it; most lines are done with here. */
const SUSPICIOUS =
  /\.{3}|…|\b(?:rest|remain|existing|unchanged|previous|same|omitted|original|other|no changes?|keep)/i;

/** Whether `line` stands for lines that it does not have. `replacesCode`: something is taken away where it is written. */
export function isElision(line: string, replacesCode: boolean): boolean {
  if (!SUSPICIOUS.test(line)) return false;
  const trimmed = line.trim();
  if (trimmed.length > 200 || trimmed.length < 3) return false;
  const withoutStart = trimmed.replace(COMMENT_START, '');
  const isComment = withoutStart !== trimmed;
  const body = withoutStart.replace(COMMENT_END, '').trim();
  if (DOTS.test(body) && KEPT.test(body)) return isComment || /^[([]?\s*(?:\.{3}|…)/.test(body);
  if (!isComment) return false;
  return (replacesCode && ONLY_DOTS.test(body)) || KEPT_WITHOUT_DOTS.some(pattern => pattern.test(body));
}

/** The first line of `added` that stands for left-out code and was not in the file before. */
export function findElision(
  added: readonly string[],
  before: readonly string[],
  replacesCode: boolean,
): string | undefined {
  const suspicious = added.filter(line => isElision(line, replacesCode));
  if (suspicious.length === 0) return undefined;
  const known = new Set(before.map(line => line.trim()));
  return suspicious.find(line => !known.has(line.trim()));
}
