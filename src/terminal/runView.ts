import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { ConfigurationError } from '../base/errors.ts';
import { initialRunState, type RunState } from '../domain/runState.ts';
import type { RunEvent } from '../domain/schema/events.ts';
import type { HumanChannel } from '../orchestrator/humanChannel.ts';
import type { RunArguments } from './arguments.ts';
import type { CommandLineHost } from './commandLineHost.ts';
import { eventLine } from './eventLine.ts';
import { exitCode, exitCodeOfRun } from './exitCode.ts';
import { externalEditor } from './externalEditor.ts';
import { LineReader } from './lineReader.ts';
import { choosePalette, type Palette } from './palette.ts';
import { Prompter } from './prompter.ts';
import { runLines } from './runGraph.ts';
import { safeText } from './safeText.ts';
import { type OutputStream, Screen } from './screen.ts';
import { TerminalHuman } from './terminalHuman.ts';
import { UnattendedHuman } from './unattendedHuman.ts';

/** How often the seconds of the live part move on, in milliseconds. */
const tickMs = 1000;

/** How the command that a run is seen from wants it to be shown, and what it decided up front. */
export interface ViewedCommand
  extends Pick<RunArguments, 'output' | 'isColourRefused' | 'isYes' | 'isInteractive' | 'isLeft'> {
  readonly kind: RunArguments['kind'] | 'review';
}

/** What a person, or a program, sees of a run, and how it asks. */
export interface RunView extends Disposable {
  /** Where the run's decisions come from; `cancel` is called when the one who was asked gives up. */
  human(cancel: (reason: Error) => void): HumanChannel;
  show(event: RunEvent, state: RunState): void;
  /** Tells something that is not in the journal. */
  note(text: string): void;
  end(state: RunState): void;
}

/**
 * The view that the arguments ask for: live on a terminal, line by line elsewhere, events as JSON, or nothing.
 * Throws `ConfigurationError` when the run would have to ask and cannot.
 */
export function createRunView(
  command: ViewedCommand,
  host: CommandLineHost,
  options: { readonly isPlanApproved: boolean },
): RunView {
  // With --json and --events, standard output belongs to the program that reads it; people are asked on the other one.
  const output = command.output === 'text' ? host.stdout : host.stderr;
  const isTerminal = host.stdin.isTTY === true && output.isTTY === true;
  const canAsk = command.isInteractive || isTerminal;
  if (command.kind === 'run' && !command.isYes && !canAsk) {
    throw new ConfigurationError(
      'There is no terminal to ask on: give --yes to approve the plan and to apply the result if it passes, or --interactive to be asked on standard input.',
    );
  }
  const palette = choosePalette({
    isRefused: command.isColourRefused,
    isTerminal: output.isTTY === true,
    environment: host.environment,
  });
  const isTold = command.output === 'text' || canAsk;
  return new TerminalRunView({ command, host, output, palette, isTerminal, isTold, canAsk, ...options });
}

interface ViewSettings {
  readonly command: ViewedCommand;
  readonly host: CommandLineHost;
  readonly output: OutputStream;
  readonly palette: Palette;
  readonly isTerminal: boolean;
  /** Whether people are told in words what happens. */
  readonly isTold: boolean;
  readonly canAsk: boolean;
  readonly isPlanApproved: boolean;
}

class TerminalRunView implements RunView {
  readonly #settings: ViewSettings;
  readonly #screen: Screen;
  readonly #resources = new DisposableStore();
  #state: RunState = initialRunState('');

  constructor(settings: ViewSettings) {
    this.#settings = settings;
    const { output, palette, host, isTerminal } = settings;
    if (!isTerminal) {
      this.#screen = new Screen(output);
      return;
    }
    this.#screen = new Screen(output, ({ rows }) =>
      this.#state.lastSeq === 0 ? [] : runLines(this.#state, host.clock.now(), rows, palette),
    );
    const timer = setInterval(() => this.#screen.refresh(), tickMs);
    this.#resources.add({ dispose: () => clearInterval(timer) });
  }

  human(cancel: (reason: Error) => void): HumanChannel {
    const { canAsk, palette, isPlanApproved, isTold, command, host, output, isTerminal } = this.#settings;
    const print = (text: string) => (isTold ? this.#screen.print(text) : undefined);
    const { isYes, isLeft } = command;
    const unattended = new UnattendedHuman({ palette, print, isLeft });
    if (!canAsk) return unattended;
    const lines = this.#resources.add(new LineReader(host.stdin, { keepsEarlyLines: !isTerminal }));
    const prompter = new Prompter({
      screen: this.#screen,
      lines,
      write: text => output.write(text),
      echoes: !isTerminal,
      onGivenUp: cancel,
    });
    const asked = new TerminalHuman({
      prompter,
      palette,
      isPlanApproved,
      editText: externalEditor(host.environment),
    });
    // What was decided up front is not asked; what the agents want to know always is.
    return {
      approvePlan: (plan, options) => (isYes ? unattended.approvePlan(plan) : asked.approvePlan(plan, options)),
      answer: (question, options) => asked.answer(question, options),
      review: (request, options) => (isYes || isLeft ? unattended.review(request) : asked.review(request, options)),
    };
  }

  show(event: RunEvent, state: RunState): void {
    this.#state = state;
    const { command, host, palette, isTold } = this.#settings;
    if (command.output === 'events') host.stdout.write(`${JSON.stringify(event)}\n`);
    if (!isTold) return;
    const line = eventLine(event, state, palette);
    if (line === undefined) this.#screen.refresh();
    else this.#screen.print(line);
  }

  note(text: string): void {
    if (this.#settings.isTold) this.#screen.print(this.#settings.palette.dim(safeText(text)));
  }

  end(state: RunState): void {
    this.#screen.dispose();
    const { palette, output, host, isTold, command } = this.#settings;
    const isSuccess = exitCodeOfRun(state.end) === exitCode.success;
    const message = safeText(state.end?.message ?? 'The run did not end.');
    if (!isTold) {
      if (!isSuccess) host.stderr.write(`trellis: ${message}\n`);
      return;
    }
    const graph = command.kind === 'plan' ? [] : runLines(state, host.clock.now(), Number.POSITIVE_INFINITY, palette);
    const rest = state.end?.outcome === 'staged' ? [`Go on with it: trellis review ${state.runId}`] : [];
    output.write(`${[...graph, isSuccess ? palette.green(message) : palette.red(message), ...rest].join('\n')}\n`);
  }

  async dispose(): Promise<void> {
    this.#screen.dispose();
    await this.#resources.dispose();
  }
}
