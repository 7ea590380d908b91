import { countOf, dedent, failure, type RunnerParser } from './runnerReport.ts';
import { isSourceFile } from './tapReport.ts';

/** `node --test` with its spec reporter, the default since Node 23. */
export const parseNodeSpec: RunnerParser = output => {
  if (!/^ℹ tests \d+/m.test(output)) return undefined;
  const [list = '', details = ''] = output.split(/^✖ failing tests:$/m);
  const failures = details
    .split(/^test at (?=\S)/m)
    .slice(1)
    .map(block => {
      const [place = '', head = '', ...rest] = block.split('\n');
      const name = head.replace(/^✖ /, '').replace(/ \([\d.]+ms\)$/, '');
      const found = failure(name, `${printedBefore(list, head)}${dedent(rest.join('\n'))}`);
      // Without a place in its message, the failure is where the test is.
      return found.file === undefined ? { ...failure(name, place), message: found.message } : found;
    });
  const sum = (name: string) => sumOf(output, new RegExp(`^ℹ ${name} (\\d+)`, 'gm'));
  const emptyFiles = [...list.matchAll(/^✔ (.*) \([\d.]+ms\)$/gm)].filter(([, name = '']) => isSourceFile(name));
  return {
    passed: sum('pass') - emptyFiles.length,
    failed: sum('fail') + sum('cancelled'),
    skipped: sum('skipped') + sum('todo'),
    failures,
  };
};

/** What a file printed before it broke off: the lines between the result before it and its own, without indentation. */
function printedBefore(list: string, head: string): string {
  const end = list.indexOf(`\n${head}\n`) + 1;
  if (end === 0) return '';
  const lines = list.slice(0, end).trimEnd().split('\n');
  const from = lines.findLastIndex(line => /^\s*[✔✖▶﹣ℹ] /.test(line)) + 1;
  return lines
    .slice(from)
    .map(line => `${line}\n`)
    .join('');
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

/** jasmine: `3 specs, 1 failure, 1 pending spec`, with a numbered block for each failure. */
export const parseJasmine: RunnerParser = output => {
  const summary = /^(?:Incomplete: )?(\d+) specs?, (\d+) failures?(?:, \d+ pending specs?)?$/m.exec(output);
  if (!summary) return undefined;
  const [specs = 0, failed = 0] = summary.slice(1).map(Number);
  const pending = countOf(summary[0], /(\d+) pending/);
  const [, details = ''] = output.slice(0, summary.index).split(/^Failures:$/m);
  const failures = details
    .split(/^Pending:$/m)[0]
    ?.split(/^\d+\) /m)
    .slice(1)
    .map(block => {
      const [name = '', ...rest] = block.split('\n');
      return failure(name.trim(), dedent(rest.join('\n')));
    });
  return { passed: Math.max(0, specs - failed - pending), failed, skipped: pending, failures: failures ?? [] };
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
