import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ConfigurationError, errorMessage } from '../base/errors.ts';

/** `events`: one JSON object a line. `json`: one JSON object at the end. Neither lets anything else onto stdout. */
export type OutputMode = 'text' | 'events' | 'json';

export interface CommonArguments {
  readonly workspace: string;
  readonly output: OutputMode;
  readonly isColourRefused: boolean;
  readonly isVerbose: boolean;
}

export interface RunArguments extends CommonArguments {
  readonly kind: 'run' | 'plan';
  readonly request: string;
  readonly configurationFile?: string;
  /** Approves the plan and applies what passed. */
  readonly isYes: boolean;
  /** Asks on standard input although it is no terminal. */
  readonly isInteractive: boolean;
  /** Leaves the result for a review later. */
  readonly isLeft: boolean;
  /** As given; the configuration says what is allowed. */
  readonly workers?: number;
  /** The file that the calls of models are recorded to, or answered from. */
  readonly record?: string;
  readonly cassette?: string;
}

export interface ShowArguments extends CommonArguments {
  readonly kind: 'show';
  /** A run's id, or the beginning of one. */
  readonly run: string;
  /** With every message to and from the models. */
  readonly isFull: boolean;
}

export interface ReplayArguments extends CommonArguments {
  readonly kind: 'replay';
  /** A run's id, or the beginning of one. */
  readonly run: string;
}

export interface HistoryArguments extends CommonArguments {
  readonly kind: 'history';
}

export interface ReviewArguments extends CommonArguments {
  readonly kind: 'review';
  /** A run's id, or the beginning of one. */
  readonly run: string;
  /** The files whose diff is to be shown, none for all of them; absent for the list. */
  readonly shown?: readonly string[];
  /** That diff is of what changed since comments were sent. */
  readonly isSince: boolean;
  /** `PATH: TEXT` or `PATH:LINE: TEXT`. */
  readonly comments: readonly string[];
  /** Forgets the comments that were noted before and not sent. */
  readonly isForgettingComments: boolean;
  /** Sends the comments back to the agents. */
  readonly isRequestingChanges: boolean;
  /** `PATH` or `PATH#HUNK`: nothing else is kept. */
  readonly accepted: readonly string[];
  readonly rejected: readonly string[];
  /** Keeps everything that is not rejected here. */
  readonly isAll: boolean;
  /** Applies what is kept, as it was decided before. */
  readonly isApply: boolean;
  readonly isRefuse: boolean;
  /** Applies it although the tests do not hold for it. */
  readonly isDespiteTests: boolean;
  /** Where the patch of what is kept is written; `-` for standard output. Then nothing is applied. */
  readonly patch?: string;
  readonly isInteractive: boolean;
  readonly configurationFile?: string;
}

export interface RevertArguments extends CommonArguments {
  readonly kind: 'revert';
  readonly run: string;
}

export type CommandArguments =
  | RunArguments
  | ReviewArguments
  | RevertArguments
  | ShowArguments
  | ReplayArguments
  | HistoryArguments
  | { readonly kind: 'help'; readonly topic?: string }
  | { readonly kind: 'version' };

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

const commonOptions = {
  workspace: text,
  json: flag,
  events: flag,
  'no-color': flag,
  verbose: flag,
  help: { type: 'boolean', short: 'h' },
} as const;

const runOptions = { ...commonOptions, config: text, yes: { type: 'boolean', short: 'y' }, interactive: flag } as const;

const onlyRunOptions = { workers: text, record: text, cassette: text, 'no-apply': flag } as const;

const commands = ['run', 'plan', 'review', 'revert', 'history', 'show', 'replay', 'help'] as const;
type CommandName = (typeof commands)[number];

/**
 * Reads the arguments after the program's name. Throws `ConfigurationError` with one sentence on what is wrong.
 * Paths are as given: nothing is looked at yet.
 */
export function parseArguments(args: readonly string[]): CommandArguments {
  const [name, ...rest] = args;
  if (name === '--version') return { kind: 'version' };
  if (name === '--help' || name === '-h') return { kind: 'help' };
  if (name === undefined) throw usage(`say what to do: ${commands.join(', ')}`);
  if (!isCommand(name)) throw usage(`there is no command "${name}"; the commands are ${commands.join(', ')}`);
  if (name === 'help') return helpOn(rest[0]);
  if (rest.includes('--help') || rest.includes('-h')) return helpOn(name);
  switch (name) {
    case 'run':
    case 'plan':
      return parseRun(name, rest);
    case 'review':
      return parseReview(rest);
    case 'revert': {
      const { values, positionals } = parse(rest, commonOptions);
      return { kind: 'revert', run: oneRun('revert', positionals), ...commonArguments(values) };
    }
    case 'show':
      return parseShow(rest);
    case 'replay': {
      const { values, positionals } = parse(rest, commonOptions);
      return { kind: 'replay', run: oneRun(name, positionals), ...commonArguments(values) };
    }
    case 'history': {
      const { values, positionals } = parse(rest, commonOptions);
      if (positionals.length > 0) throw usage(`history takes no argument, and got "${positionals.join(' ')}"`);
      return { kind: 'history', ...commonArguments(values) };
    }
  }
}

function parseRun(kind: 'run' | 'plan', rest: readonly string[]): RunArguments {
  const { values, positionals } = parse(rest, { ...runOptions, ...onlyRunOptions });
  const [request, ...more] = positionals;
  if (more.length > 0) throw usage(`put the request in quotes; there are ${positionals.length} arguments`);
  if (request === undefined || request.trim() === '') {
    throw usage(`say what you want, such as: trellis ${kind} "Add a function that parses ISO dates, with tests"`);
  }
  const { config, workers, record, cassette, yes = false, interactive = false, 'no-apply': isLeft = false } = values;
  if (record !== undefined && cassette !== undefined)
    throw usage('--record and --cassette exclude each other; give one');
  if (kind === 'plan' && isLeft) throw usage('--no-apply is for run; plan applies nothing');
  return {
    kind,
    request: request.trim(),
    isYes: yes,
    isInteractive: interactive,
    isLeft,
    ...(config === undefined ? {} : { configurationFile: config }),
    ...(workers === undefined ? {} : { workers: wholeNumber(workers) }),
    ...(record === undefined ? {} : { record }),
    ...(cassette === undefined ? {} : { cassette }),
    ...commonArguments(values),
  };
}

function parseShow(rest: readonly string[]): ShowArguments {
  const { values, positionals } = parse(rest, { ...commonOptions, full: flag });
  return {
    kind: 'show',
    run: oneRun('show', positionals),
    isFull: values.full ?? false,
    ...commonArguments(values),
  };
}

function oneRun(command: string, [run, ...more]: readonly string[]): string {
  if (run !== undefined && run !== '' && more.length === 0) return run;
  throw usage(`${command} takes the id of one run, or its beginning; trellis history lists them`);
}

const several = { type: 'string', multiple: true } as const;
const reviewOptions = {
  ...commonOptions,
  config: text,
  accept: several,
  reject: several,
  all: flag,
  apply: flag,
  refuse: flag,
  'despite-tests': flag,
  comment: several,
  'forget-comments': flag,
  'request-changes': flag,
  patch: text,
  interactive: flag,
} as const;

function parseReview(rest: readonly string[]): ReviewArguments {
  const { values, positionals } = parse(rest, reviewOptions);
  const [run, word, ...shown] = positionals;
  if (word !== undefined && word !== 'show' && word !== 'since')
    throw usage(`review takes a run, then show, since or nothing; there is "${word}"`);
  const { accept = [], reject = [], all = false, apply = false, refuse = false, patch, config } = values;
  const { comment = [], 'request-changes': isRequestingChanges = false } = values;
  const { 'forget-comments': isForgettingComments = false } = values;
  const isDecision = accept.length > 0 || reject.length > 0 || all || apply;
  const isComment = comment.length > 0 || isForgettingComments || isRequestingChanges;
  if (isComment && (isDecision || refuse || patch !== undefined || word !== undefined))
    throw usage('comments go with no decision, patch or diff; apply what comes of them later');
  if (refuse && isDecision) throw usage('--refuse goes with none of --accept, --reject, --all and --apply');
  if (accept.length > 0 && all) throw usage('--accept names what is kept, and --all keeps everything; give one');
  if (word !== undefined && (isDecision || refuse)) throw usage(`review ${word} only shows; decide without ${word}`);
  const common = commonArguments(values);
  if (common.output === 'events') throw usage('review has no --events; --json prints the review');
  if (patch === '-' && common.output === 'json')
    throw usage('--patch - and --json both want standard output; give one');
  return {
    kind: 'review',
    run: oneRun('review', run === undefined ? [] : [run]),
    ...(word === undefined ? {} : { shown }),
    isSince: word === 'since',
    comments: comment,
    isForgettingComments,
    isRequestingChanges,
    accepted: accept,
    rejected: reject,
    isAll: all,
    isApply: apply,
    isRefuse: refuse,
    isDespiteTests: values['despite-tests'] ?? false,
    ...(patch === undefined ? {} : { patch }),
    isInteractive: values.interactive ?? false,
    ...(config === undefined ? {} : { configurationFile: config }),
    ...common,
  };
}

function parse<O extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const [sentence = ''] = errorMessage(error).split('. ');
    throw usage(sentence.replace(/\.$/, ''), error);
  }
}

interface CommonValues {
  readonly workspace?: string | undefined;
  readonly json?: boolean | undefined;
  readonly events?: boolean | undefined;
  readonly 'no-color'?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}

function commonArguments(values: CommonValues): CommonArguments {
  if (values.json === true && values.events === true) throw usage('--json and --events exclude each other; give one');
  return {
    workspace: values.workspace ?? '.',
    output: values.json === true ? 'json' : values.events === true ? 'events' : 'text',
    isColourRefused: values['no-color'] ?? false,
    isVerbose: values.verbose ?? false,
  };
}

function helpOn(topic: string | undefined): CommandArguments {
  if (topic === undefined || topic.startsWith('-')) return { kind: 'help' };
  if (!isCommand(topic)) throw usage(`there is no command "${topic}"; the commands are ${commands.join(', ')}`);
  return { kind: 'help', topic };
}

function isCommand(name: string): name is CommandName {
  return commands.some(command => command === name);
}

function wholeNumber(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw usage(`--workers is "${value}"; it takes a whole number`);
}

/** An error in the command line itself: it says what is wrong, and where to read on. */
function usage(problem: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError(
    `${problem} (trellis help tells more).`.replace(/^./, first => first.toUpperCase()),
    {
      cause,
    },
  );
}
