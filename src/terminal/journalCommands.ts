import { maskCredentials } from '../base/credentials/findCredentials.ts';
import { type DisposableStore, withResources } from '../base/disposable.ts';
import { ConfigurationError } from '../base/errors.ts';
import { reduceAll } from '../domain/reduceRun.ts';
import { computeRunMetrics } from '../domain/runMetrics.ts';
import type { RunId } from '../domain/schema/ids.ts';
import { SqliteJournal } from '../journal/sqliteJournal.ts';
import { journalFileIn, storageDirectoryOf } from '../journal/storageDirectory.ts';
import type { CommonArguments, HistoryArguments, ShowArguments } from './arguments.ts';
import type { CommandLineHost } from './commandLineHost.ts';
import { exitCode } from './exitCode.ts';
import { choosePalette, type Palette } from './palette.ts';
import { resultOfRun } from './resultObject.ts';
import { findRun, historyLines } from './runHistory.ts';
import { runStory } from './runStory.ts';
import { exists, findWorkspace } from './workspace.ts';

/** `trellis history` */
export function runHistoryCommand(command: HistoryArguments, host: CommandLineHost): Promise<number> {
  return withResources(async resources => {
    const runs = (await openJournal(command, host, resources))?.runs() ?? [];
    if (command.output === 'json') printJson(host, { runs });
    else if (command.output === 'events') for (const run of runs) printJson(host, run);
    else if (runs.length === 0) host.stdout.write('There are no runs in this workspace yet.\n');
    else print(host, historyLines(runs, paletteOf(command, host)));
    return exitCode.success;
  });
}

/** `trellis show` */
export function runShowCommand(command: ShowArguments, host: CommandLineHost): Promise<number> {
  return withResources(async resources => {
    const { journal, runId } = await openRun(command, host, resources);
    const events = journal.read(runId);
    const { OPENAI_API_KEY, ANTHROPIC_API_KEY, OLLAMA_API_KEY } = host.environment;
    const keys = [OPENAI_API_KEY, ANTHROPIC_API_KEY, OLLAMA_API_KEY].flatMap((value = '') =>
      value.length < 8 ? [] : [{ kind: 'model-key', value }],
    );
    const readText = (hash: string) => {
      const bytes = journal.contents.get(hash);
      // Contents are kept as they were; what is shown may be handed on.
      return bytes === undefined ? undefined : maskCredentials(Buffer.from(bytes).toString('utf8'), keys);
    };
    if (command.output === 'json') {
      const result = resultOfRun(reduceAll(runId, events), host.clock.now());
      printJson(host, { ...result, metrics: computeRunMetrics(events) });
    } else if (command.output === 'events') for (const event of events) printJson(host, event);
    else print(host, runStory(events, { palette: paletteOf(command, host), isFull: command.isFull, readText }));
    return exitCode.success;
  });
}

/** The run that a command names, in the journal of its workspace. Throws `ConfigurationError` when there is none. */
export async function openRun(
  command: CommonArguments & { readonly run: string },
  host: CommandLineHost,
  resources: DisposableStore,
): Promise<{ readonly journal: SqliteJournal; readonly runId: RunId; readonly workspace: string }> {
  const journal = await openJournal(command, host, resources);
  if (journal === undefined) throw new ConfigurationError('There are no runs in this workspace yet.');
  const workspace = await findWorkspace(command.workspace, host.currentDirectory);
  return { journal, runId: findRun(journal.runs(), command.run), workspace };
}

/** The workspace's journal; undefined where none was ever made, and none is made here. */
export async function openJournal(
  command: CommonArguments,
  host: CommandLineHost,
  resources: DisposableStore,
): Promise<SqliteJournal | undefined> {
  const workspace = await findWorkspace(command.workspace, host.currentDirectory);
  const file = journalFileIn(storageDirectoryOf(workspace));
  if (!(await exists(file))) return undefined;
  return resources.add(new SqliteJournal({ file, clock: host.clock }));
}

/** The colours of standard output. */
export function paletteOf(command: CommonArguments, host: CommandLineHost): Palette {
  return choosePalette({
    isRefused: command.isColourRefused,
    isTerminal: host.stdout.isTTY === true,
    environment: host.environment,
  });
}

/** Prints lines to standard output. */
export function print(host: CommandLineHost, lines: readonly string[]): void {
  host.stdout.write(`${lines.join('\n')}\n`);
}

/** Prints one JSON object to standard output. */
export function printJson(host: CommandLineHost, value: unknown): void {
  host.stdout.write(`${JSON.stringify(value)}\n`);
}
