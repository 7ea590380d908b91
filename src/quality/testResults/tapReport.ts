import { dedent, failure, type RunnerParser } from './runnerReport.ts';

interface TestPoint {
  readonly indent: number;
  readonly isFailed: boolean;
}

/**
 * TAP 12 to 14 (testanything.org), as `node --test` before Node 23, tape and tap write it. A point that sums up points
 * further in is not counted, unless it failed and none of those did. The names of tape's assertions are joined with
 * their test's.
 */
export const parseTap: RunnerParser = output => {
  if (!/^TAP version \d+$/m.test(output) && !(/^1\.\.\d+$/m.test(output) && /^(not )?ok \d+/m.test(output)))
    return undefined;
  const lines = output.split('\n');
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: ReturnType<typeof failure>[] = [];
  const open: TestPoint[] = [];
  // Where subtests are announced, any other comment is what the code under test printed.
  const heading = output.includes('\n# Subtest: ') ? /^# Subtest: (.*)$/ : /^# (.*)$/;
  let title = '';
  lines.forEach((line, index) => {
    title = heading.exec(line)?.[1] ?? title;
    const point = /^(\s*)(not )?ok \d+(?: -)? ?(.*)$/.exec(line);
    if (!point) return;
    const [, { length: indent } = '', not, rest = ''] = point;
    const isFailed = not !== undefined && !/ # (?:skip|todo)/i.test(rest);
    const children = takeFurtherIn(open, indent);
    open.push({ indent, isFailed });
    if (children.length > 0 && (!isFailed || children.some(child => child.isFailed))) return;
    const name = rest.replace(/ # .*$/, '').replace(/ \{$/, '');
    if (/ # (?:skip|todo)/i.test(rest)) counts.skipped++;
    else if (isFailed) {
      counts.failed++;
      const message = `${commentsBefore(lines, index)}${yamlBlock(lines, index + 1)}`;
      failures.push(failure(name === title || title === '' ? name : `${title}: ${name}`, message));
    } else if (!isSourceFile(name)) counts.passed++;
  });
  return { ...counts, failures };
};

/** Removes from `open` and returns the points that the next one, at `indent`, sums up. */
function takeFurtherIn(open: TestPoint[], indent: number): readonly TestPoint[] {
  const from = open.findLastIndex(point => point.indent <= indent) + 1;
  return open.splice(from);
}

/** `node --test` reports a file without tests as one test, with the file's name, that passes. */
export function isSourceFile(name: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(name);
}

/** What a file printed before it broke off, which `node --test` writes as comments before the file's point. */
function commentsBefore(lines: readonly string[], point: number): string {
  let from = lines[point - 1]?.startsWith('# Subtest: ') ? point - 1 : point;
  const end = from;
  while (lines[from - 1]?.startsWith('# ') && !lines[from - 1]?.startsWith('# Subtest: ')) from--;
  return lines
    .slice(from, end)
    .map(line => `${line.slice(2)}\n`)
    .join('');
}

/** The YAML block that follows a test point, as text. */
function yamlBlock(lines: readonly string[], from: number): string {
  if (lines[from]?.trim() !== '---') return '';
  const end = lines.findIndex((line, index) => index > from && line.trim() === '...');
  return dedent(lines.slice(from + 1, end === -1 ? from + 40 : end).join('\n'));
}
