// VS Code is killed while it applies the changes of a run or takes them back, at every step that can be told apart from
// outside, and started again: all of it is in the files or none, and the journal and the user are told which.
import assert from 'node:assert/strict';
import { globSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand as runProgram } from '../../scripts/command.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { reduceAll } from '../../src/domain/reduceRun.ts';
import { SqliteJournal } from '../../src/journal/sqliteJournal.ts';
import { answerInput, keepScreenshot, runCommand } from '../host/workbench.ts';
import { waitUntil } from '../support/sandbox.ts';
import { snapshotTree } from '../support/treeSnapshot.ts';
import { EditorSession } from './editorSession.ts';
import { addedLine, filesAfter, filesBefore, openChapter, request, script } from './manyFilesProject.ts';

const settings = { 'trellis.autoApprove': true, 'files.autoSave': 'off' };
const unsavedLine = 'Written by hand.';

const undone = `Applying “${request}” was cut short when Trellis ended, so none of it is in your files; review the changes to apply them again.`;
const kept = `Taking back “${request}” was cut short when Trellis ended, so all of it is still in your files; revert the run again to take it back.`;

/** What is seen from outside of files that are being changed: the record of the intent, the first file of a kind, the checkpoint. */
type Step = 'intent' | 'added' | 'deleted' | 'saved' | 'made';

describe('VS Code that is killed while it changes files', function () {
  this.timeout(400_000);
  let session: EditorSession;
  let directory: string;
  let vsix: string;

  before(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'trellis-package-'));
    vsix = path.join(directory, 'trellis.vsix');
    const packaged = await runProgram('npm', ['run', '-s', 'package', '--', '--out', vsix]);
    if (packaged.exitCode !== 0) throw new Error(packaged.output);
  });
  after(() => rmSync(directory, { recursive: true, force: true }));
  beforeEach(async () => {
    session = await EditorSession.open({ files: filesBefore, script, settings, vsix });
    await typeUnsavedLine();
    await runCommand(session.page, 'Trellis: Plan & Implement');
    await answerInput(session.page, request);
    await session.panel.getByText('Ready for review').first().waitFor({ timeout: 60_000 });
  });
  afterEach(function () {
    return session.close(this.currentTest);
  });

  it('has all or nothing when it starts again, after an accept and after a revert, and keeps unsaved text', async () => {
    for (const [index, step] of (['intent', 'added', 'saved'] as const).entries()) {
      await killAt(step, session.editor(), acceptAll);
      await session.reopen();
      await showRunOf(undone);
      isNotApplied(index + 1);
      await keepScreenshot(session.page, `crash-${step}`);
      await unsavedTextHasChange(false);
      await reviewAgain();
    }
    await killAt('made', session.editor(), acceptAll);
    await session.reopen();
    await runCommand(session.page, 'Trellis: Show History');
    // The journal may have said so before the end, or says it now.
    await waitUntil('the journal says that all is applied', () => {
      const isLocked = globSync('*.lock', { cwd: storage() }).length > 0;
      return !isLocked && reduceAll(...run()).end?.outcome === 'applied';
    });
    isApplied();

    await killAt('deleted', session.editor(), revert);
    await session.reopen();
    await showRunOf(kept);
    isApplied();
    await keepScreenshot(session.page, 'crash-revert');
    await revert();
    await session.notification('Trellis took back what the run changed');
    assert.deepEqual(snapshotTree(session.workspace), filesBefore);
    await unsavedTextHasChange(false);
  });

  it('has all or nothing when it starts its extension host again, also of what it goes on writing meanwhile', async () => {
    for (const [index, step] of (['added', 'saved'] as const).entries()) {
      await killAt(step, session.extensionHost(), acceptAll);
      await showRunOf(undone);
      isNotApplied(index + 1);
      await keepScreenshot(session.page, `crash-host-${step}`);
      await unsavedTextHasChange(false);
      await reviewAgain();
    }
    await acceptAll();
    await runCommand(session.page, 'Trellis: Show Panel');
    await session.panel.getByText('20 files changed').first().waitFor({ timeout: 60_000 });
    isApplied();
    await unsavedTextHasChange(true);
  });

  const acceptAll = () => runCommand(session.page, 'Trellis: Accept All and Apply');
  const revert = async () => {
    await runCommand(session.page, 'Trellis: Revert Run');
    await answerInput(session.page, request);
  };

  async function goTo(place: string): Promise<void> {
    const { page } = session;
    await runCommand(page, 'Go to File...');
    await page.keyboard.type(place);
    await page
      .locator('.quick-input-list .monaco-list-row', { hasText: path.basename(openChapter) })
      .first()
      .click();
  }

  async function typeUnsavedLine(): Promise<void> {
    const { page } = session;
    await goTo(openChapter);
    await page.locator('.editor-instance .view-line', { hasText: 'line 0' }).first().click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type(`${unsavedLine}\n`);
    await page.locator('.tab.dirty', { hasText: path.basename(openChapter) }).waitFor();
  }

  /** Runs the command, and kills the processes as soon as what it does to files has come to that step. */
  async function killAt(step: Step, processes: readonly number[], command: () => Promise<void>): Promise<void> {
    const before = look();
    const isReached = () => {
      const now = look();
      const names = Object.keys({ ...before.sizes, ...now.sizes });
      return {
        intent: () => now.intents > 0,
        added: () => names.some(name => before.sizes[name] === undefined && now.sizes[name] !== undefined),
        deleted: () => names.some(name => before.sizes[name] !== undefined && now.sizes[name] === undefined),
        saved: () =>
          names.some(name => before.sizes[name] !== now.sizes[name] && now.sizes[name] && before.sizes[name]),
        made: () => now.checkpoints > before.checkpoints,
      }[step]();
    };
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setInterval(() => {
      if (!isReached()) return;
      for (const id of processes) process.kill(id, 'SIGKILL');
      clearInterval(timer);
      resolve();
    }, 1);
    const running = command();
    try {
      await Promise.race([promise, running.then(() => promise)]);
    } finally {
      clearInterval(timer);
    }
    if (processes.some(id => id < 0)) await session.page.context().close();
    // The window may have died before it was seen to have run the command.
    await running.catch(() => undefined);
  }

  /** What there is of files and of the records of changes; changes with each step. */
  function look() {
    const names = Object.keys({ ...filesBefore, ...filesAfter });
    const size = (name: string) => statSync(path.join(session.workspace, name), { throwIfNoEntry: false })?.size;
    const cwd = storage();
    return {
      sizes: Object.fromEntries(names.map(name => [name, size(name)])),
      intents: globSync('checkpoints/*/intent.json', { cwd }).length,
      checkpoints: globSync('checkpoints/*/checkpoint.json', { cwd }).length,
    };
  }

  /** Where the extension keeps its journal and its checkpoints of the workspace. */
  function storage(): string {
    const [journal] = globSync('user/User/workspaceStorage/*/trellis.trellis/*/trellis.db', { cwd: session.home });
    assert.ok(journal, 'there is no journal');
    return path.join(session.home, path.dirname(journal));
  }

  async function showRunOf(message: string): Promise<void> {
    const { page, panel } = session;
    await session.notification(message);
    await page
      .locator('.notification-list-item', { hasText: message })
      .getByRole('button', { name: 'Show Run' })
      .first()
      .click();
    await panel.getByText(message).first().waitFor({ timeout: 60_000 });
  }

  async function reviewAgain(): Promise<void> {
    const { page, panel } = session;
    await runCommand(page, 'Trellis: Show Panel');
    await panel.getByRole('button', { name: 'Review changes' }).click();
    await page.locator('.multiDiffEditor').waitFor();
  }

  /** `crashes`: how often it was cut short so far, which the journal says once each. */
  function isNotApplied(crashes: number): void {
    assert.deepEqual(snapshotTree(session.workspace), filesBefore);
    const { applied, end } = reduceAll(...run());
    const told = run()[1].filter(event => event.type === 'run.ended' && event.message === undone);
    assert.equal(told.length, crashes);
    assert.deepEqual(
      { applied, end },
      { applied: undefined, end: { outcome: 'failed', errorKind: 'storage', message: undone } },
    );
    isTidy(0);
  }

  function isApplied(): void {
    assert.deepEqual(snapshotTree(session.workspace), filesAfter);
    const { applied, end } = reduceAll(...run());
    assert.deepEqual([applied?.length, end?.outcome], [20, 'applied']);
    isTidy(1);
  }

  /** Nothing is left behind but whole checkpoints. */
  function isTidy(checkpoints: number): void {
    const cwd = storage();
    assert.deepEqual(globSync(['*.lock', 'checkpoints/*/intent*'], { cwd }), []);
    assert.equal(globSync('checkpoints/*', { cwd }).length, checkpoints);
    assert.equal(look().checkpoints, checkpoints);
  }

  /** The run as its journal tells it: its id and its events. */
  function run() {
    const journal = new SqliteJournal({
      file: path.join(storage(), 'trellis.db'),
      clock: systemClock,
      logger: silentLogger,
    });
    try {
      const [summary] = journal.runs();
      assert.ok(summary, 'the journal knows no run');
      return [summary.runId, journal.read(summary.runId)] as const;
    } finally {
      void journal.dispose();
    }
  }

  /** Looks at the text that the user has not saved: what they wrote is there, and the change of the run or not. */
  async function unsavedTextHasChange(expected: boolean): Promise<void> {
    const { page } = session;
    const line = (text: string) => page.locator('.editor-instance .view-line', { hasText: text }).first();
    await page.locator('.tab.dirty', { hasText: path.basename(openChapter) }).waitFor();
    assert.equal(await page.locator('.tab.dirty').count(), 1, 'other files are unsaved');
    await goTo(`${openChapter}:102`);
    await line(`${openChapter}, line 100`).waitFor();
    await line(addedLine(openChapter).trim()).waitFor({ state: expected ? 'visible' : 'hidden' });
    await page.keyboard.press('Control+Home');
    await line(unsavedLine).waitFor();
  }
});
