import assert from 'node:assert/strict';
import { ConfigurationError } from '../../../src/base/errors.ts';
import { parseArguments } from '../../../src/terminal/arguments.ts';

const common = { workspace: '.', output: 'text', isColourRefused: false, isVerbose: false };

describe('parseArguments', () => {
  it('reads a run with nothing but its request', () => {
    assert.deepEqual(parseArguments(['run', ' Add a function ']), {
      kind: 'run',
      request: 'Add a function',
      isYes: false,
      isInteractive: false,
      isLeft: false,
      ...common,
    });
  });

  it('reads the cassette of a run, to record or to answer from', () => {
    const read = (...args: string[]) => parseArguments(['run', 'r', ...args]);
    assert.partialDeepStrictEqual(read('--record', 'c.jsonl'), { record: 'c.jsonl' });
    assert.partialDeepStrictEqual(read('--cassette', 'c.jsonl'), { cassette: 'c.jsonl' });
    assert.throws(() => read('--record', 'a', '--cassette', 'b'), /exclude each other/);
  });

  it('reads every option, wherever it stands', () => {
    const args = [
      'plan',
      '--workspace',
      '/w',
      '--json',
      'r',
      '--yes',
      '--workers=4',
      '--config',
      'c.yml',
      '--no-color',
    ];
    assert.deepEqual(parseArguments([...args, '--verbose', '--interactive']), {
      kind: 'plan',
      request: 'r',
      isYes: true,
      isInteractive: true,
      isLeft: false,
      workers: 4,
      configurationFile: 'c.yml',
      workspace: '/w',
      output: 'json',
      isColourRefused: true,
      isVerbose: true,
    });
  });

  it('reads the other commands', () => {
    assert.deepEqual(parseArguments(['history', '--events']), { kind: 'history', ...common, output: 'events' });
    assert.deepEqual(parseArguments(['show', 'run_1', '--full']), {
      kind: 'show',
      run: 'run_1',
      isFull: true,
      ...common,
    });
    const args = [
      'review',
      'run_1',
      '--accept',
      'a#1',
      '--accept',
      'b',
      '--reject',
      'c',
      '--patch',
      'p',
      '--despite-tests',
    ];
    assert.deepEqual(parseArguments(args), {
      kind: 'review',
      run: 'run_1',
      accepted: ['a#1', 'b'],
      rejected: ['c'],
      isAll: false,
      isApply: false,
      isRefuse: false,
      isDespiteTests: true,
      isSince: false,
      comments: [],
      isForgettingComments: false,
      isRequestingChanges: false,
      patch: 'p',
      isInteractive: false,
      ...common,
    });
    const shown = parseArguments(['review', 'run_1', 'show', 'a', 'b']);
    assert.deepEqual(shown.kind === 'review' && [shown.shown, shown.isSince], [['a', 'b'], false]);
    assert.partialDeepStrictEqual(parseArguments(['review', 'run_1', 'since']), { shown: [], isSince: true });
    assert.partialDeepStrictEqual(
      parseArguments(['review', 'run_1', '--comment', 'a: x', '--comment', 'a:2: y', '--request-changes']),
      { comments: ['a: x', 'a:2: y'], isRequestingChanges: true },
    );
    assert.partialDeepStrictEqual(parseArguments(['run', 'r', '--no-apply']), { isLeft: true });
    assert.deepEqual(parseArguments(['revert', 'run_1']), { kind: 'revert', run: 'run_1', ...common });
    assert.deepEqual(parseArguments(['--version']), { kind: 'version' });
    for (const args of [['--help'], ['-h'], ['help']]) assert.deepEqual(parseArguments(args), { kind: 'help' });
    for (const args of [
      ['run', '--help'],
      ['help', 'run'],
      ['run', 'x', '-h'],
    ]) {
      assert.deepEqual(parseArguments(args), { kind: 'help', topic: 'run' });
    }
  });

  const refused: readonly (readonly [args: string[], sentence: RegExp])[] = [
    [[], /^Say what to do: run, plan, review, revert, history, show, replay, help \(trellis help tells more\)\.$/],
    [['rnu', 'x'], /There is no command "rnu"; the commands are run, plan/],
    [['help', 'rnu'], /There is no command "rnu"/],
    [['run'], /Say what you want, such as: trellis run "/],
    [['run', '  \n'], /Say what you want/],
    [['run', 'add', 'a', 'function'], /Put the request in quotes; there are 3 arguments/],
    [['run', 'x', '--wrokers', '2'], /Unknown option '--wrokers'/],
    [['run', 'x', '--workers', 'many'], /--workers is "many"; it takes a whole number/],
    [['run', 'x', '--workers'], /Option '--workers <value>' argument missing/],
    [['run', 'x', '--json', '--events'], /--json and --events exclude each other/],
    [['history', '--yes'], /Unknown option '--yes'/],
    [['history', 'run_1'], /history takes no argument/i],
    [['show'], /Show takes the id of one run/],
    [['show', 'a', 'b'], /Show takes the id of one run/],
    [['review'], /Review takes the id of one run/],
    [['review', 'a', 'b'], /Review takes a run, then show, since or nothing; there is "b"/],
    [['review', 'a', '--refuse', '--all'], /--refuse goes with none of/],
    [['review', 'a', '--accept', 'x', '--all'], /--accept names what is kept, and --all keeps everything/],
    [['review', 'a', 'show', '--all'], /Review show only shows/],
    [['review', 'a', 'since', '--refuse'], /Review since only shows/],
    [['review', 'a', '--request-changes', '--all'], /Comments go with no decision/],
    [['review', 'a', '--comment', 'a: x', 'show'], /Comments go with no decision/],
    [['plan', 'r', '--no-apply'], /--no-apply is for run/],
    [['review', 'a', '--events'], /Review has no --events/],
    [['review', 'a', '--patch', '-', '--json'], /both want standard output/],
    [['revert', 'a', 'b'], /Revert takes the id of one run/],
  ];
  for (const [args, sentence] of refused) {
    it(`refuses "${args.join(' ').slice(0, 40)}" in one sentence`, () => {
      assert.throws(
        () => parseArguments(args),
        (error: unknown) => {
          assert.ok(error instanceof ConfigurationError);
          assert.match(error.message, sentence);
          assert.doesNotMatch(error.message, /\n/);
          return true;
        },
      );
    });
  }
});
