import { countOf, dedent, failure, type RunnerParser } from './runnerReport.ts';

/** pytest: the last line counts (`1 failed, 2 passed in 0.12s`), blocks between `____ name ____` lines tell. */
export const parsePytest: RunnerParser = output => {
  const summary = /^=*\s?((?:\d+ \w+(?:, )?)+|no tests ran) in [\d.]+s(?: \([\d:]+\))?\s?=*$/m.exec(output)?.[1];
  if (summary === undefined) return undefined;
  const details = output
    .split(/^=+ (?:FAILURES|ERRORS) =+$/m)
    .slice(1)
    .join('\n');
  const failures = details
    .split(/^_{3,} (.+?) _{3,}$/m)
    .slice(1)
    .reduce<ReturnType<typeof failure>[]>((all, part, index, parts) => {
      if (index % 2 === 0) all.push(failure(part, dedent((parts[index + 1] ?? '').split(/^=+ /m)[0] ?? '')));
      return all;
    }, []);
  return {
    passed: countOf(summary, /(\d+) passed/) + countOf(summary, /(\d+) xpassed/),
    failed: countOf(summary, /(\d+) failed/) + countOf(summary, /(\d+) errors?/),
    skipped: countOf(summary, /(\d+) skipped/) + countOf(summary, /(\d+) xfailed/),
    failures,
  };
};

/** unittest: `Ran 3 tests in 0.001s`, then `OK` or `FAILED (failures=1, errors=1)`. */
export const parseUnittest: RunnerParser = output => {
  const ran = /^Ran (\d+) tests? in [\d.]+s$/m.exec(output);
  if (!ran) return undefined;
  const verdict = /^(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$/m.exec(output.slice(ran.index))?.[1] ?? '';
  const failed = countOf(verdict, /(?<!expected )failures=(\d+)/) + countOf(verdict, /errors=(\d+)/);
  const skipped = countOf(verdict, /skipped=(\d+)/) + countOf(verdict, /expected failures=(\d+)/);
  const failures = output
    .split(/^={70}$/m)
    .slice(1)
    .map(block => {
      const [head = '', ...rest] = block.trimStart().split('\n');
      const body =
        rest
          .join('\n')
          .replace(/^-{70}$/m, '')
          .split(/^-{70}$/m)[0] ?? '';
      return failure(head.replace(/^(?:FAIL|ERROR): /, ''), dedent(body));
    });
  return { passed: Math.max(0, Number(ran[1]) - failed - skipped), failed, skipped, failures };
};
