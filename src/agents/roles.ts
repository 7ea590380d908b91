import type { AgentMode } from '../domain/schema/plan.ts';
import type { AgentActionKind } from './protocol/agentAction.ts';

/** What sets the three agents apart; the loop that runs them is one. */
export interface AgentRole {
  /** The actions that it may take. What is not among them is refused, whatever the model says. */
  readonly allowed: ReadonlySet<AgentActionKind>;
  /** Its reply may hold edits. Without it, code in a reply is part of the report. */
  readonly writes: boolean;
  /** After its edits the project's tests are run, and it hears of failures. */
  readonly runsTests: boolean;
  /** It is shown the layout of the project. */
  readonly seesLayout: boolean;
}

const looks: readonly AgentActionKind[] = ['read', 'list', 'search', 'run', 'ask', 'done'];

export const agentRoles: Readonly<Record<AgentMode, AgentRole>> = {
  analyzer: { allowed: new Set(looks), writes: false, runsTests: false, seesLayout: true },
  coder: { allowed: new Set([...looks, 'edit']), writes: true, runsTests: false, seesLayout: false },
  sdet: { allowed: new Set([...looks, 'edit']), writes: true, runsTests: true, seesLayout: false },
};
