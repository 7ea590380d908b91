// The mocha reporter of every stage of `npm test`. Needs no terminal, and works inside VS Code's extension host too.
import { writeFileSync } from 'node:fs';
import type { Hook, MochaOptions, Runner, Test } from 'mocha';

/** Put before each line in the extension host, where the lines share a channel with VS Code's own. */
export const testLineMark = '[trellis test] ';

/** What a stage of `npm test` reads back from the file named by `TRELLIS_TEST_RESULTS`. */
export interface StageResults {
  readonly failed: number;
  /** The tests that passed. */
  readonly passed: readonly { readonly title: string; readonly durationMs: number }[];
}

/**
 * Prints each failure as it happens, and with `TRELLIS_TEST_VERBOSE` each test with its time. A pending test counts as
 * failed. The reporter option `mark` is put before every line.
 */
export default class StageReporter {
  readonly #mark: string;

  constructor(runner: Runner, options: MochaOptions) {
    this.#mark = (options.reporterOptions as { mark?: string } | undefined)?.mark ?? '';
    const isVerbose = Boolean(process.env['TRELLIS_TEST_VERBOSE']);
    const passed: { title: string; durationMs: number }[] = [];
    let failed = 0;

    const fail = (test: Test | Hook, why: string) => {
      failed += 1;
      this.#print(`FAILED ${test.fullTitle()}\n${why}`);
    };
    runner.on('pass', test => {
      const durationMs = test.duration ?? 0;
      passed.push({ title: test.fullTitle(), durationMs });
      if (isVerbose) this.#print(`ok ${test.fullTitle()} (${durationMs} ms)`);
    });
    runner.on('fail', (test, error: Error) => fail(test, error.stack ?? String(error)));
    runner.on('pending', test => fail(test, 'A skipped test proves nothing: mend it or delete it.'));
    runner.once('end', () => {
      const results: StageResults = { failed, passed };
      const file = process.env['TRELLIS_TEST_RESULTS'];
      if (file) writeFileSync(file, JSON.stringify(results));
    });
  }

  #print(text: string): void {
    for (const line of text.split('\n')) console.log(this.#mark + line);
  }
}
