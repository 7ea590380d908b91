const overview = `Trellis plans a change as a graph, lets parallel agents carry it out on a staging copy, proves it in a
sandbox, and applies it after your yes.

Usage: trellis <command> [options]

Commands:
  run "<request>"    plan, carry out, test, review, and apply after a yes
  plan "<request>"   stop after the plan
  history            the runs of a workspace, newest first
  show <run>         all that happened in a run; the beginning of its id is enough
  help [command]     this text, or more on a command

Options of every command:
  --workspace DIR    the folder of the project (default: here)
  --json             one JSON object on standard output, and nothing else
  --events           JSON Lines on standard output: one event a line
  --no-color         no colours; NO_COLOR in the environment does the same
  --verbose          log to standard error, and show stack traces
  --help, --version

Exit codes:
  0  passed and applied, or planned
  1  quality not reached, nothing applied
  2  usage or configuration
  3  model
  4  cancelled or turned down, nothing applied
  5  sandbox, storage, or a fault of Trellis itself
`;

const runOptions = `Options:
  --workspace DIR    the folder of the project (default: here)
  --config FILE      the configuration, instead of .trellis/config.yml of the workspace
  --yes, -y          approve the plan, and apply the result if it passed
  --interactive      ask on standard input though it is no terminal: one answer a line
  --workers N        items that are worked on at the same time
  --record FILE      record every call of a model to FILE, a cassette
  --cassette FILE    answer every call from FILE, and ask no model
  --json             one JSON object on standard output, and nothing else
  --events           JSON Lines on standard output: one event a line
  --no-color         no colours; NO_COLOR in the environment does the same
  --verbose          log to standard error, and show stack traces

Without a terminal, run needs --yes or --interactive. Ctrl-C cancels: nothing is applied, and the run is kept.
`;

const topics: Readonly<Record<string, string>> = {
  run: `Usage: trellis run "<request>" [options]

Plans the request, lets you approve the plan, carries it out on a staging copy, runs the project's tests on it in a
sandbox, scores the result, shows the diff, and applies it after a yes.

${runOptions}`,
  plan: `Usage: trellis plan "<request>" [options]

Plans the request, shows the plan, and stops.

${runOptions}`,
  history: `Usage: trellis history [--workspace DIR] [--json | --events] [--no-color]

Lists the runs of the workspace, newest first.
`,
  show: `Usage: trellis show <run> [--full] [--workspace DIR] [--json | --events] [--no-color]

Shows a run from its journal: the plan, each model exchange, action, edit and test run, the score and the cost. The
beginning of the run's id is enough.

Options:
  --full             with every message to and from the models
  --json             the same object that run --json ends with
  --events           the events as they are in the journal, one a line
`,
};

/** The help on a command, or the overview. */
export function helpText(topic?: string): string {
  return (topic === undefined ? undefined : topics[topic]) ?? overview;
}
