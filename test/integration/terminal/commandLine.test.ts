import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import type { TrellisOptions } from '../../../src/app/trellis.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { ModelError } from '../../../src/base/errors.ts';
import type { StagedChange } from '../../../src/changes/stagedFiles.ts';
import type { FoundChanges } from '../../../src/orchestrator/review/settleChanges.ts';
import type { CommandLineHost } from '../../../src/terminal/commandLineHost.ts';
import { runCommandLine } from '../../../src/terminal/main.ts';
import type { ResultObject } from '../../../src/terminal/resultObject.ts';
import { FakeOutput } from '../../support/fakeOutput.ts';
import { createFakeTrellis, goodRun } from '../../support/fakeTrellis.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

interface Settings {
  readonly createTrellis?: CommandLineHost['createTrellis'];
  readonly isTerminal?: boolean;
  readonly environment?: Record<string, string>;
  readonly cutShort?: FoundChanges['cutShort'];
}

describe('the command line', () => {
  const workspace = useTemporaryDirectory();

  function setUp({
    createTrellis = createFakeTrellis(goodRun),
    isTerminal = false,
    environment = {},
    cutShort = [],
  }: Settings = {}) {
    const stdin = Object.assign(new PassThrough(), { isTTY: isTerminal });
    const stdout = new FakeOutput({ isTTY: isTerminal });
    const stderr = new FakeOutput({ isTTY: isTerminal });
    const interrupts = new Set<() => void>();
    const applied: (readonly StagedChange[])[] = [];
    const exits: number[] = [];
    const host: CommandLineHost = {
      stdin,
      stdout,
      stderr,
      environment: { NO_COLOR: '1', ...environment },
      currentDirectory: workspace(),
      version: '9.8.7',
      resourcesDirectory: '/resources',
      clock: systemClock,
      createTrellis,
      openSink: async () => ({
        sink: {
          apply: async changes => {
            applied.push(changes);
            return {};
          },
          revert: () => Promise.resolve([]),
        },
        found: { cutShort },
      }),
      onInterrupt: listener => {
        interrupts.add(listener);
        return { dispose: () => void interrupts.delete(listener) };
      },
      exitNow: code => void exits.push(code),
    };
    const run = (...args: string[]) => runCommandLine(args, host);
    const interrupt = () => interrupts.forEach(listener => listener());
    return { stdin, stdout, stderr, applied, exits, interrupts, run, interrupt };
  }

  const json = (output: FakeOutput) => JSON.parse(output.text) as ResultObject;

  describe('run', () => {
    it('with --yes plans, works, shows the diff and applies, without asking', async () => {
      const { run, stdout, stderr, applied } = setUp();
      assert.equal(await run('run', 'Add a function', '--yes'), 0);
      assert.equal(applied.length, 1);
      for (const part of [
        'Plan: Fibonacci with tests',
        '✔ analyse',
        'Quality 0.92',
        '0 files, +0 -0',
        'were applied.',
      ]) {
        assert.ok(stdout.text.includes(part), `${part} is not in\n${stdout.text}`);
      }
      assert.match(stdout.text, /This folder is not in a git repository/);
      assert.equal(stderr.text, '');
    });

    it('gives the engine what the options and the configuration say', async () => {
      const calls: TrellisOptions[] = [];
      const { run } = setUp({
        createTrellis: createFakeTrellis(goodRun, calls),
        environment: { TRELLIS_PLANNER_MODEL: 'm' },
      });
      writeFileSync(path.join(workspace(), 'c.yml'), 'workers: 2\nquality: { iterations: 3 }');
      const config = path.join(workspace(), 'c.yml');
      assert.equal(await run('run', 'x', '--yes', '--workers', '7', '--config', config), 0);
      const [options] = calls;
      assert.deepEqual(
        [
          options?.configuration.workers,
          options?.configuration.quality.iterations,
          options?.configuration.planner.model,
        ],
        [7, 3, 'm'],
      );
      assert.equal(options?.configuration.autoApprove, true);
      assert.equal(options.resourcesDirectory, '/resources');
      assert.ok(existsSync(path.join(workspace(), '.trellis', '.gitignore')));
    });

    it('with --json prints one object and nothing else', async () => {
      const { run, stdout, stderr } = setUp();
      assert.equal(await run('run', 'x', '--yes', '--json'), 0);
      assert.equal(stdout.text.trimEnd().split('\n').length, 1);
      const { runId, status, items, quality, usage, errors } = json(stdout);
      assert.deepEqual(
        [runId, status, items.length, quality?.overall, usage.calls],
        ['run_sample', 'applied', 3, 0.92, 2],
      );
      assert.deepEqual(errors, []);
      assert.equal(stderr.text, '');
    });

    it('with --events prints every event, the first ones too, a line each', async () => {
      const { run, stdout } = setUp();
      assert.equal(await run('run', 'x', '--yes', '--events'), 0);
      const events = stdout.text
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as { type: string; seq: number });
      assert.deepEqual(
        events.map(({ seq }) => seq),
        events.map((_, index) => index + 1),
      );
      assert.equal(events[0]?.type, 'run.started');
      assert.equal(events.at(-1)?.type, 'run.ended');
    });

    it('without a terminal and without --yes says what it needs before anything is started', async () => {
      const calls: TrellisOptions[] = [];
      const { run, stderr, stdout } = setUp({ createTrellis: createFakeTrellis(goodRun, calls) });
      assert.equal(await run('run', 'x'), 2);
      assert.match(stderr.text, /^trellis: There is no terminal to ask on: give --yes .+ or --interactive .+\n$/);
      assert.deepEqual([stdout.text, calls.length], ['', 0]);
      assert.ok(!existsSync(path.join(workspace(), '.trellis')));
    });

    it('asks on a terminal, in place, below what is live', async () => {
      const { run, stdin, stdout, applied } = setUp({ isTerminal: true });
      const code = run('run', 'x');
      await stdout.until('Carry out this plan of 3 items?\n[y/n] ');
      stdin.write('y\n');
      await stdout.until('? Which style?\n  1) iterative\n  2) recursive\n> ');
      assert.ok(!stdout.visible.join('\n').includes('▶'), stdout.visible.join('\n'));
      stdin.write('1\n');
      await stdout.until('Apply these changes to 0 files?\n[y/n/h/q/?] ');
      stdin.write('y\n');
      assert.equal(await code, 0);
      assert.equal(applied.length, 1);
      assert.match(stdout.visible.join('\n'), /● {3}implement .+\n.+test .+\nThe changes were applied\.$/);
    });

    it('asks on standard input with --interactive, and gives up when it ends', async () => {
      const answered = setUp();
      answered.stdin.end('y\nrecursive\nn\n');
      assert.equal(await answered.run('run', 'x', '--interactive'), 4);
      assert.match(
        answered.stdout.text,
        /\[y\/n\] y\n[^]+> recursive\n[^]+\[y\/n\/h\/q\/\?\] n\n[^]+The changes were turned down\.\n$/,
      );
      assert.equal(answered.applied.length, 0);
      const ended = setUp();
      ended.stdin.end('y\n');
      assert.equal(await ended.run('run', 'x', '--interactive', '--json'), 4);
      assert.equal(json(ended.stdout).status, 'cancelled');
      assert.match(ended.stderr.text, /Which style\?/);
    });

    it('cancels on the first Ctrl-C, and ends at once on the second', async () => {
      const { run, stdout, interrupt, interrupts, exits, applied } = setUp({ isTerminal: true });
      const code = run('run', 'x');
      await stdout.until('[y/n] ');
      interrupt();
      interrupt();
      assert.deepEqual(exits, [4]);
      assert.equal(await code, 4);
      assert.match(stdout.text, /Cancelling\. Press Ctrl-C again to stop at once\.[^]+The run was cancelled\.\n$/);
      assert.deepEqual([applied.length, interrupts.size], [0, 0]);
    });

    it('tells why a run failed, in one sentence, with the exit code of its kind', async () => {
      const fail = () =>
        Promise.reject(new ModelError('The model is not there.', { provider: 'ollama', retryable: false }));
      const { run, stderr, stdout } = setUp({ createTrellis: createFakeTrellis(fail) });
      assert.equal(await run('run', 'x', '--yes', '--json'), 3);
      assert.deepEqual(json(stdout).errors, [{ kind: 'model', message: 'The model is not there.' }]);
      assert.equal(stderr.text, 'trellis: The model is not there.\n');
    });

    it('reports what is wrong with the configuration all at once, as an object too', async () => {
      const { run, stdout, stderr } = setUp({ environment: { TRELLIS_PLANNER_TEMPERATURE: '7' } });
      assert.equal(await run('run', 'x', '--yes', '--json', '--workers', '0'), 2);
      assert.match(stderr.text, /^trellis: The configuration has 2 problems:/);
      const { runId, status, errors } = json(stdout);
      assert.deepEqual([runId, status, errors[0]?.kind], [null, 'failed', 'configuration']);
    });

    it('says that it failed itself, with the stack trace only when asked', async () => {
      const createTrellis = () => Promise.reject(new TypeError('x is undefined', { cause: new Error('root') }));
      const quiet = setUp({ createTrellis });
      assert.equal(await quiet.run('run', 'x', '--yes'), 5);
      assert.equal(quiet.stderr.text, 'trellis: Trellis itself failed: x is undefined (--verbose tells more).\n');
      const verbose = setUp({ createTrellis });
      await verbose.run('run', 'x', '--yes', '--verbose');
      assert.match(verbose.stderr.text, /TypeError: x is undefined\n {4}at [^]+Caused by: Error: root\n {4}at /);
    });
  });

  it('tells what a crash had left and was put right', async () => {
    const { run, stdout } = setUp({
      cutShort: [{ kind: 'accept', checkpointId: 'checkpoint_0', runId: 'run_0', leftPaths: [] }],
    });
    assert.equal(await run('plan', 'x'), 0);
    assert.match(
      stdout.text,
      /^Applying “run_0” was cut short when Trellis ended, so none of it is in your files; review/,
    );
  });

  describe('plan', () => {
    it('stops after the plan and needs neither a terminal nor --yes', async () => {
      const { run, stdout, applied } = setUp();
      assert.equal(await run('plan', 'x'), 0);
      assert.match(stdout.text, /Plan: Fibonacci with tests\n {2}analyse .+\n[^]+The plan is ready\.\n$/);
      assert.equal(applied.length, 0);
    });
  });

  describe('the workspace', () => {
    it('has to be a folder that exists', async () => {
      const { run, stderr } = setUp();
      writeFileSync(path.join(workspace(), 'file'), '');
      const named = (name: string) => run('run', 'x', '--yes', '--workspace', name);
      assert.deepEqual([await named('missing'), await named('file'), await named('file/below')], [2, 2, 2]);
      assert.match(
        stderr.text,
        /The workspace \/.+\/missing does not exist; name the folder of your project with --workspace\.\n/,
      );
      assert.match(stderr.text, /The workspace \/.+\/file is a file; name/);
    });

    it('is not remarked on when it lies in a repository', async () => {
      const { run, stdout } = setUp();
      mkdirSync(path.join(workspace(), '.git'));
      mkdirSync(path.join(workspace(), 'package'));
      assert.equal(await run('plan', 'x', '--workspace', 'package'), 0);
      assert.doesNotMatch(stdout.text, /git repository/);
    });

    it('has to have room for the journal', async () => {
      const { run, stderr } = setUp();
      writeFileSync(path.join(workspace(), '.trellis'), 'in the way');
      assert.equal(await run('run', 'x', '--yes'), 5);
      assert.match(stderr.text, /^trellis: The folder \/.+\/\.trellis, where runs are recorded, cannot be used/);
    });
  });

  describe('history and show', () => {
    it('say that there is nothing yet, and make nothing', async () => {
      const { run, stdout, stderr } = setUp();
      assert.equal(await run('history'), 0);
      assert.equal(stdout.text, 'There are no runs in this workspace yet.\n');
      assert.equal(await run('show', 'run_1'), 2);
      assert.match(stderr.text, /There are no runs in this workspace yet\./);
      assert.ok(!existsSync(path.join(workspace(), '.trellis')));
    });

    it('read back what a run left', async () => {
      assert.equal(await setUp().run('run', 'x', '--yes'), 0);
      const history = setUp();
      assert.equal(await history.run('history'), 0);
      assert.match(history.stdout.text, /^RUN .+\nrun_sample .+ applied {2}Add a function that calculates/);
      const show = setUp();
      assert.equal(await show.run('show', 'sam'), 0);
      assert.match(
        show.stdout.text,
        /planner ollama\/qwen[^]+Plan: Fibonacci with tests[^]+applied: The changes were applied\./,
      );
      const object = setUp();
      assert.equal(await object.run('show', 'run_sample', '--json'), 0);
      assert.equal(json(object.stdout).status, 'applied');
      const events = setUp();
      await events.run('show', 'run_sample', '--events');
      assert.match(events.stdout.text, /^{[^\n]+"type":"run.started"|^{"type":"run.started"/);
      const listed = setUp();
      await listed.run('history', '--json');
      assert.match(listed.stdout.text, /^{"runs":\[{"runId":"run_sample"/);
    });
  });

  it('gives help and the version', async () => {
    const { run, stdout } = setUp();
    assert.equal(await run('--version'), 0);
    assert.equal(stdout.text, '9.8.7\n');
    assert.equal(await run('help', 'run'), 0);
    assert.match(stdout.text, /Usage: trellis run "<request>"[^]+--interactive/);
    assert.equal(await run('--help'), 0);
    assert.match(stdout.text, /Exit codes:/);
  });

  it('ends with 2 and the way to the help when the arguments are wrong', async () => {
    const { run, stderr, stdout } = setUp();
    assert.equal(await run('rnu', '--json'), 2);
    assert.match(stderr.text, /^trellis: There is no command "rnu"; .+\n$/);
    assert.equal(json(stdout).errors[0]?.kind, 'configuration');
  });
});
