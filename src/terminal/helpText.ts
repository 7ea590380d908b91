const overview = `Trellis plans a change as a graph, lets parallel agents carry it out on a staging copy, proves it in a
sandbox, and applies it after your yes.

Usage: trellis <command> [options]

Commands:
  run "<request>"    plan, carry out, test, review, and apply after a yes
  plan "<request>"   stop after the plan
  review <run>       see, decide and apply a run's changes, by file and by hunk
  revert <run>       take back what a run changed in your files
  history            the runs of a workspace, newest first
  show <run>         all that happened in a run; the beginning of its id is enough
  replay <run>       run it again from its journal alone, and say where the two first differ
  help [command]     this text, or more on a command

Options of every command:
  --workspace DIR    the folder of the project (default: here)
  --json             one JSON object on standard output, and nothing else
  --events           JSON Lines on standard output: one event a line
  --no-color         no colours; NO_COLOR in the environment does the same
  --verbose          log to standard error, and show stack traces
  --help, --version

Exit codes:
  0  passed and applied, left for a review, or planned
  1  quality not reached, tests fail on what is kept, or your own edits are in the way: nothing applied;
     a replay that differs
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
  --no-apply         leave the result for trellis review (run only)
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
  review: `Usage: trellis review <run> [show [path...] | since [path...]] [options]

The changes of a run as items, files and hunks, with what was decided of each and why to look at it. It works on every
run that came to changes, however it ended. On a terminal it asks hunk by hunk; elsewhere, and with the options below, it
does what they say. What is kept is tested exactly so before it is applied, unless those tests ran on it before.

Comments go back to the agents: the run goes on from its journal, does the items concerned again, tests and scores the
result, and comes back with it.

  trellis review <run>                        the list, with the ids of the hunks
  trellis review <run> show [path...]         the diff
  trellis review <run> since [path...]        what changed since comments were last sent
  trellis review <run> --reject src/a.ts      apply everything else
  trellis review <run> --accept src/a.ts#1a2b apply one hunk; the beginning of its id is enough
  trellis review <run> --comment "src/a.ts:12: Name it." --request-changes

Options:
  --accept PATH[#HUNK]  keep this and nothing else, and apply it; may be given several times
  --reject PATH[#HUNK]  apply the rest; may be given several times
  --all              apply everything, but what is rejected here
  --apply            apply what is kept as it was decided before
  --refuse           turn all of it down
  --comment "PATH[:LINE]: TEXT"  note what is to be changed; may be given several times
  --forget-comments  forget those that were noted before and not sent
  --request-changes  send the comments back, and go on with the run until it can be reviewed again
  --despite-tests    apply although tests fail on what is kept, once that was seen
  --patch FILE       write what is kept as a unified diff, - for standard output; nothing is applied
  --interactive      ask on standard input though it is no terminal: one answer a line
  --config FILE      the configuration, instead of .trellis/config.yml of the workspace
  --workspace DIR    the folder of the project (default: here)
  --json             the review as one JSON object
  --no-color         no colours; NO_COLOR in the environment does the same
  --verbose          log to standard error, and show stack traces
`,
  revert: `Usage: trellis revert <run> [--workspace DIR] [--json]

Takes back what a run changed in your files. What you edited since stays; where that is in the same places, the files are
named and nothing is taken back.
`,
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
  replay: `Usage: trellis replay <run> [--workspace DIR] [--json | --events] [--no-color]

Runs a finished run again from its journal alone: with the replies, results, decisions, ids and times that it has, through
the planner, the agents, the staging and the scoring as they are now. No model is asked, nothing runs in the sandbox, and
no file is read or written. Ends with 0 when all is the same: the plan, every edit to the byte, the tests' use, the scores;
with 1 when not, and names the first step that differs.
`,
};

/** The help on a command, or the overview. */
export function helpText(topic?: string): string {
  return (topic === undefined ? undefined : topics[topic]) ?? overview;
}
