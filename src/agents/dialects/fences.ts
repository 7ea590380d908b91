/** A fence that is open: a row of three or more backticks or tildes. */
export interface Fence {
  readonly sign: string;
  readonly length: number;
  readonly indent: number;
  /** What follows the row: a language, a path, or both. */
  readonly info: string;
}

const FENCE = /^(\s*)(`{3,}|~{3,})([^`]*)$/;

/** The fence that `line` opens, if it is one. A closing line looks like one that opens without an info. */
export function fenceOf(line: string): Fence | undefined {
  const match = FENCE.exec(line);
  if (!match) return undefined;
  const [, indent = '', row = '', info = ''] = match;
  return { sign: row[0] ?? '`', length: row.length, indent: indent.length, info: info.trim() };
}

/** Whether `line` closes `fence`: as many signs or more, nothing after them, and not further to the right. */
export function closesFence(line: string, fence: Fence): boolean {
  const other = fenceOf(line);
  return (
    other?.info === '' && other.sign === fence.sign && other.length >= fence.length && other.indent <= fence.indent + 3
  );
}
