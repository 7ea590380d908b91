// The contract of the agents. Neighbouring folders import this file and nothing else of `agents/`.
import type { StagedView } from '../changes/stagedFiles.ts';
import type { AgentActionSummary } from '../domain/schema/events.ts';
import type { ModelMessage } from '../domain/schema/model.ts';
import type { AgentMode, Question, WorkItem } from '../domain/schema/plan.ts';
import type { ModelClient } from '../models/modelClient.ts';
import type { ProjectContext } from '../planning/planner.ts';

/** What an agent is told about its item. */
export interface AgentBrief {
  readonly item: WorkItem;
  /** What the user asked for, word for word. */
  readonly request: string;
  readonly context: ProjectContext;
  /** What the agents of the items it depends on said they did. */
  readonly dependencyReports: readonly {
    readonly itemId: string;
    readonly filePath: string;
    readonly summary: string;
  }[];
  /** Why it runs again: failures and the judge's remarks. Empty at the first attempt. */
  readonly feedback: readonly string[];
}

/** A command's result, as an agent may see it. */
export interface CommandObservation {
  /** `notRun`: refused by the command policy, or there is no sandbox; trying again does not help. */
  readonly outcome: 'succeeded' | 'failed' | 'notRun';
  /** What goes back to the model: exit code and output, cut to a budget, or why it was not run. */
  readonly text: string;
}

/** A problem found in a file that the agent wrote. */
export interface FileProblem {
  readonly path: string;
  readonly message: string;
  readonly line?: number;
}

/** All that an agent can do to the world; everything else is out of its reach. */
export interface AgentServices {
  readonly sessionId: string;
  readonly model: ModelClient;
  /** What it may read and write: the workspace, the results of its dependencies, and its own edits. */
  readonly files: StagedView;
  /** Runs a command in the sandbox, on the tree that `files` shows, under the command policy. */
  runCommand(command: string, options: { readonly signal: AbortSignal }): Promise<CommandObservation>;
  /**
   * Runs the project's own tests on the tree that `files` shows, however they are found to be run. It succeeds when all
   * pass, or only those fail that failed before any change.
   */
  runTests(options: { readonly signal: AbortSignal }): Promise<CommandObservation>;
  /** The files among `paths` that do not parse, in `files` as it is now. */
  checkSyntax(paths: readonly string[], options: { readonly signal: AbortSignal }): Promise<readonly FileProblem[]>;
  /** Puts a question to the human and waits for the answer; the worker's slot is free meanwhile. */
  ask(question: Omit<Question, 'id'>, options: { readonly signal: AbortSignal }): Promise<string>;
  readonly recorder: AgentRecorder;
}

/** Writes the agent's steps to the journal, each before it is acted on. */
export interface AgentRecorder {
  thought(text: string): void;
  /** Returns the id under which the outcome is recorded. */
  acting(action: AgentActionSummary): string;
  learned(
    actionId: string,
    outcome: { readonly succeeded: boolean; readonly summary: string; readonly observation?: string },
  ): void;
  /** An edit of `path` begins to arrive; it is the `number`th file of its reply, from 1. */
  editBegun(path: string, number: number): void;
  /** None of the edits of the reply that is arriving will be applied, for that reason, which begins as a sentence does. */
  editUnusable(reason: string): void;
}

/** `failed`: the agent gave up, or used up its turns, with the reason; its edits are not kept. */
export type AgentOutcome =
  | { readonly kind: 'done'; readonly summary: string }
  | { readonly kind: 'failed'; readonly reason: string };

export interface Agent {
  readonly mode: AgentMode;
  /**
   * What the model is told first: it says with `files` all that the agent's work depends on when it begins. The work of an
   * agent without it is never taken over from an earlier run.
   */
  opening?(brief: AgentBrief, files: Pick<StagedView, 'readText'>): Promise<readonly ModelMessage[]>;
  /** Carries the item out on `services.files`. Throws `ModelError` when the model cannot be had, `AbortError` on abort. */
  run(brief: AgentBrief, services: AgentServices, options: { readonly signal: AbortSignal }): Promise<AgentOutcome>;
}
