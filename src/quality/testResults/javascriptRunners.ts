import { countOf, dedent, failure, type RunnerParser } from './runnerReport.ts';

/** `node --test` with its spec reporter, the default of Node 20 and later where it does not write TAP. */
export const parseNodeSpec: RunnerParser = output => {
  if (!/^ℹ tests \d+/m.test(output)) return undefined;
  const [, details = ''] = output.split(/^✖ failing tests:$/m);
  const failures = details
    .split(/^test at .*$/m)
    .slice(1)
    .map(block => {
      const [head = '', ...rest] = block.trimStart().split('\n');
      const name = head.replace(/^✖ /, '').replace(/ \([\d.]+ms\)$/, '');
      return failure(name, dedent(rest.join('\n')));
    });
  const sum = (name: string) => sumOf(output, new RegExp(`^ℹ ${name} (\\d+)`, 'gm'));
  return {
    passed: sum('pass'),
    failed: sum('fail') + sum('cancelled'),
    skipped: sum('skipped') + sum('todo'),
    failures,
  };
};

/**
 * TAP 12 to 14, as `node --test`, tape and tap write it. A test point of a suite only repeats its tests, so points
 * without children count, and their names are joined with those around them.
 */
export const parseTap: RunnerParser = output => {
  if (!/^TAP version \d+$/m.test(output) && !(/^1\.\.\d+$/m.test(output) && /^(not )?ok \d+/m.test(output)))
    return undefined;
  const lines = output.split('\n');
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: ReturnType<typeof failure>[] = [];
  let title = '';
  let deepest = 0;
  lines.forEach((line, index) => {
    const comment = /^# (?:Subtest: )?(.*)$/.exec(line);
    if (comment?.[1] !== undefined) title = comment[1];
    const point = /^(\s*)(not )?ok \d+(?: -)? ?(.*)$/.exec(line);
    if (!point) return;
    const [, indent = '', not, rest = ''] = point;
    const closesSuite =
      indent.length < deepest &&
      /type: 'suite'|failureType: 'subtestsFailed'/.test(lines.slice(index, index + 8).join('\n'));
    deepest = indent.length;
    if (closesSuite) return;
    const name = rest.replace(/ # .*$/, '');
    if (/# (skip|todo)/i.test(rest)) counts.skipped++;
    else if (not === undefined) counts.passed++;
    else {
      counts.failed++;
      failures.push(failure(name === title || title === '' ? name : `${title}: ${name}`, yamlBlock(lines, index + 1)));
    }
  });
  return { ...counts, failures };
};

/** The YAML block that follows a test point, as text. */
function yamlBlock(lines: readonly string[], from: number): string {
  if (lines[from]?.trim() !== '---') return '';
  const end = lines.findIndex((line, index) => index > from && line.trim() === '...');
  return dedent(lines.slice(from + 1, end === -1 ? from + 40 : end).join('\n'));
}

/** mocha with its spec or dot reporter. */
export const parseMocha: RunnerParser = output => {
  if (!/^ {2}\d+ passing \(/m.test(output)) return undefined;
  const summaryAt = output.search(/^ {2}\d+ passing \(/m);
  const blocks = output
    .slice(summaryAt)
    .split(/^ {2}\d+\) (?=\S)/m)
    .slice(1);
  const failures = blocks.map(block => {
    const titleEnd = /:\n/.exec(block);
    const titleText = block.slice(0, titleEnd ? titleEnd.index : block.indexOf('\n'));
    const name = titleText
      .split('\n')
      .map(part => part.trim())
      .join(' ');
    return failure(name, dedent(block.slice(titleText.length + 1)));
  });
  return {
    passed: sumOf(output, /^ {2}(\d+) passing/gm),
    failed: sumOf(output, /^ {2}(\d+) failing/gm),
    skipped: sumOf(output, /^ {2}(\d+) pending/gm),
    failures,
  };
};

/** jest: `Tests: 1 failed, 2 passed, 3 total`, with a `●` block for each failure. */
export const parseJest: RunnerParser = output => {
  const summary = /^Tests: +(.*\b\d+ total)$/m.exec(output)?.[1];
  const brokenSuites = countOf(/^Test Suites: +(.*)$/m.exec(output)?.[1] ?? '', /(\d+) failed/);
  if (summary === undefined && brokenSuites === 0) return undefined;
  const [body = ''] = output.split(/^Summary of all failing tests$/m);
  const failures = body
    .split(/^ {2}● (?!Console)/m)
    .slice(1)
    .map(block => {
      const [name = '', ...rest] = block.split('\n');
      return failure(name.trim(), dedent(rest.join('\n').split(/^(?:PASS|FAIL|Test Suites:) /m)[0] ?? ''));
    });
  const failed = countOf(summary ?? '', /(\d+) failed/);
  return {
    passed: countOf(summary ?? '', /(\d+) passed/),
    // A suite that cannot be loaded has no tests; it is a failure all the same.
    failed: failed === 0 ? brokenSuites : failed,
    skipped: countOf(summary ?? '', /(\d+) skipped/) + countOf(summary ?? '', /(\d+) todo/),
    failures,
  };
};

/** vitest: `Tests  1 failed | 2 passed (3)`, with a `FAIL` block for each failure. */
export const parseVitest: RunnerParser = output => {
  const summary = /^\s*Tests\s+(.*)$/m.exec(output)?.[1];
  const files = /^\s*Test Files\s+(.*)$/m.exec(output)?.[1];
  if (files === undefined) return undefined;
  const failures = output
    .split(/^ *FAIL +/m)
    .slice(1)
    .map(block => {
      const [name = '', ...rest] = block.split('\n');
      return failure(name.trim(), dedent(rest.join('\n').split(/^⎯{3,}/m)[0] ?? ''));
    });
  const failed = countOf(summary ?? '', /(\d+) failed/);
  return {
    passed: countOf(summary ?? '', /(\d+) passed/),
    failed: failed === 0 ? countOf(files, /(\d+) failed/) : failed,
    skipped: countOf(summary ?? '', /(\d+) skipped/) + countOf(summary ?? '', /(\d+) todo/),
    failures,
  };
};

/** ava: `2 tests passed`, `1 test failed`, with a block below a line for each failure. */
export const parseAva: RunnerParser = output => {
  if (!/^ {2}\d+ tests? (?:passed|failed)$/m.test(output)) return undefined;
  // A rule parts the list from the failures, and those from the counts.
  const [, details = ''] = output.split(/^ {2}─$/m);
  const failures = details
    .split(/\n\n {2}(?=[^\s\d+-][^\n]*\n\n {2}\S+:\d+\n)/)
    .slice(1)
    .map(block => {
      const [name = '', ...rest] = block.split('\n');
      return failure(name.trim(), dedent(rest.join('\n')));
    });
  return {
    // The count is left out of a failed run.
    passed: Math.max(countOf(output, /^ {2}(\d+) tests? passed$/m), output.match(/^ {2}✔ /gm)?.length ?? 0),
    failed: countOf(output, /^ {2}(\d+) tests? failed$/m),
    skipped: countOf(output, /^ {2}(\d+) tests? skipped$/m) + countOf(output, /^ {2}(\d+) tests? todo$/m),
    failures,
  };
};

function sumOf(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0);
}
