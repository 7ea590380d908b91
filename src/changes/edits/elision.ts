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

/** Words, in the languages that models write comments in, of somebody who leaves something out. */
const LEFT_OUT =
  /\b(?:rest|remain\w*|existing|unchanged|unmodified|previous|same|omitted|original|other|else|snip(?:ped)?|truncated|brevity|skipped|no changes?|as (?:before|above|is)|keep|code|implementation|et ?c|lines? \d+|unverändert\w*|restlich\w*|übrig\w*|inchangé\w*|reste|resto|restante|igual|sin cambios|без изменений|остальн\p{L}*)\b|省略|不变|不變|其余|其餘|其他|剩余|剩餘|保持|未修改|以下|同样|变更なし|変更なし|そのまま|既存|残り|생략|나머지|기존/iu;
/** How comments and what stands in brackets begin; most lines are done with here. */
const NO_CODE = /^\s*[/#\-;%*{<"'[(.…⋯⋮]/;
const LEADING_DOTS = /^[([<]*\s*(?:\.{3,}|…|⋯|⋮|\. \. \.)/;
/** A comment this short has no room to explain why the code is gone, in characters. */
const SHORT = 60;
/** Lines that have to be gone for a doubtful comment to stand for them. */
const LEAST_LOST = 3;

/** Whether `line` could stand for lines that it does not have, where it takes the place of some. */
export function mayStandIn(line: string): boolean {
  if (!NO_CODE.test(line)) return false;
  const trimmed = line.trim();
  const body = trimmed.replace(COMMENT_START, '').replace(COMMENT_END, '').trim();
  const isNoCode = body !== trimmed || /^(?:\[.*\]|<.*>|\(.*\)|[.…⋯⋮\s]+)$/.test(trimmed);
  return isNoCode && body.length <= SHORT && (LEADING_DOTS.test(body) || LEFT_OUT.test(body));
}

/**
 * The first new line that stands where lines were taken away, several more than came in their place, and that looks as
 * though it stood for them.
 */
export function findStandIn(deleted: readonly string[], added: readonly string[]): string | undefined {
  const written = (lines: readonly string[]) => lines.filter(line => line.trim() !== '');
  if (written(deleted).length < written(added).length + LEAST_LOST) return undefined;
  const known = new Set(deleted.map(line => line.trim()));
  return added.find(line => mayStandIn(line) && !known.has(line.trim()));
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
