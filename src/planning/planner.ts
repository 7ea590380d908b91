// The contract of planning. Neighbouring folders import this file and nothing else of `planning/`.
import type { Plan, Question } from '../domain/schema/plan.ts';

/** The files of the workspace, and of their content what may be shown to a model. */
export interface ProjectFiles {
  /** Paths relative to the workspace, sorted; ignored files and secrets are not among them. */
  paths(): Promise<readonly string[]>;
  /** Undefined when there is no such file, or it is not text. Throws a `ValidationError` for one that cannot be read. */
  readText(path: string): Promise<string | undefined>;
  /**
   * What is at the path, ignored or not; undefined when nothing is. Throws a `ValidationError` with one sentence for a
   * path that must not be touched, such as one that leads out of the workspace through a link.
   */
  kindOf(path: string): Promise<'file' | 'directory' | undefined>;
}

/** What is known about a project before anything is asked of a model. */
export interface ProjectContext {
  /** Most used first, such as `typescript`. */
  readonly languages: readonly string[];
  readonly frameworks: readonly string[];
  /** The command that runs the project's tests, as a person would type it. */
  readonly testCommand?: string;
  /** Where tests live and what they look like, how code is laid out: short sentences. */
  readonly conventions: readonly string[];
  /** Rules that the project gives to agents (`AGENTS.md` and kin), nearest to the root first. */
  readonly rules: readonly { readonly path: string; readonly text: string }[];
  /** Files that matter for the request, most relevant first; `excerpt` where the token budget allowed one. */
  readonly relevantFiles: readonly { readonly path: string; readonly excerpt?: string }[];
  /** The folders and files as an indented list, cut to the budget. */
  readonly layout: string;
}

export interface ContextCollector {
  /** Collects what matters for `request`, cut to `tokenBudget`. */
  collect(
    request: string,
    options: { readonly tokenBudget: number; readonly signal: AbortSignal },
  ): Promise<ProjectContext>;
}

export interface PlanningOptions {
  readonly signal: AbortSignal;
  /** Puts a question of the planner's to the human. */
  readonly ask: (question: Question) => Promise<string>;
  /** Told of each answer of the model's that was no valid plan, with every reason. */
  readonly onRejected: (attempt: number, problems: readonly string[]) => void;
}

export interface Planner {
  /**
   * Turns a request into a validated plan. An invalid answer goes back to the model with the exact problems, at most
   * twice. Throws `PlanningError` when there is still no plan, `ModelError` when the model cannot be reached.
   */
  plan(request: string, context: ProjectContext, options: PlanningOptions): Promise<Plan>;
}
