// The entry that VS Code calls, in its extension host: runs every *.test.ts of this folder, each bundled beside it.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { ReporterConstructor } from 'mocha';
import StageReporter, { testLineMark } from '../support/stageReporter.ts';

/** Rejects when a test failed, which makes VS Code exit with an error. */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 30_000,
    // The types ask for a subclass of mocha's own Base; mocha calls the constructor and no more.
    reporter: StageReporter as unknown as ReporterConstructor,
    reporterOptions: { mark: testLineMark },
    forbidOnly: true,
    forbidPending: true,
    failZero: true,
  });
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.test.cjs'),
  );
  // What wakes the extension up can be seen only as long as nothing else has.
  const first = files.indexOf('activation.test.cjs');
  if (first < 0) throw new Error('The tests of activation are missing.');
  for (const file of [...files.splice(first, 1), ...files.sort()]) mocha.addFile(path.join(__dirname, file));
  const failures = await new Promise<number>(resolve => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} tests failed.`);
}
