/** A fence that is open: a row of three or more backticks or tildes. */
export interface Fence {
  readonly sign: string;
  readonly length: number;
  readonly indent: number;
  /** What follows the row: a language, a path, or both. */
  readonly info: string;
}

const FENCE = /^(\s*)(`{3,}|~{3,})([^`]*)$/;
/** A tag of the reply protocol, which models put behind a closing fence on the same line. */
const TAG = /^<\/?(?:read|list|search|run|ask|done)(?=[\s/>])/i;

/** The fence that `line` opens, if it is one. A closing line looks like one that opens without an info. */
export function fenceOf(line: string): Fence | undefined {
  const match = FENCE.exec(line);
  if (!match) return undefined;
  const [, indent = '', row = '', info = ''] = match;
  return { sign: row[0] ?? '`', length: row.length, indent: indent.length, info: info.trim() };
}

/** Whether `line` closes `fence`: as many signs or more, nothing but a tag after them, and not further to the right. */
export function closesFence(line: string, fence: Fence): boolean {
  const other = fenceOf(line);
  if (other?.sign !== fence.sign || other.length < fence.length || other.indent > fence.indent + 3) return false;
  return other.info === '' || TAG.test(other.info);
}

/** Where the tag behind a closing fence begins; undefined when `line` has none. */
export function tagBehindFence(line: string): number | undefined {
  const info = fenceOf(line)?.info ?? '';
  return TAG.test(info) ? line.indexOf('<') : undefined;
}
