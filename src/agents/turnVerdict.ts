import type { AgentActionKind } from './protocol/agentAction.ts';
import { oneLine } from './textBudget.ts';

/** One action of a turn and how it went. `notRun` is neither: a command that may not or cannot be run at all. */
export interface PerformedAction {
  readonly kind: Exclude<AgentActionKind, 'done'>;
  readonly result: 'ok' | 'failed' | 'notRun';
}

export interface TurnFacts {
  /** In the order in which they were carried out; a `done` is not among them. */
  readonly performed: readonly PerformedAction[];
  /** The words of a `<done>`; undefined when there was none. */
  readonly doneSummary: string | undefined;
  readonly prose: string;
  /** The agent is one that writes files. */
  readonly writes: boolean;
  /** The item has staged changes by now. */
  readonly hasStaged: boolean;
  readonly targetPath: string;
  readonly targetExists: boolean;
  /** Files of the item that do not parse, one sentence each. */
  readonly syntaxProblems: readonly string[];
}

/** Whether a turn ends the item. `note` tells the model why its `<done>`, or its reply, did not. */
export type TurnVerdict =
  | { readonly kind: 'finished'; readonly summary: string }
  | { readonly kind: 'goesOn'; readonly note?: string };

const looks: ReadonlySet<AgentActionKind> = new Set(['read', 'list', 'search', 'ask']);

/**
 * Decides by facts alone. Edits that applied and parse end an item even without a `<done>`, which saves a call; nothing
 * ends it while the model waits for something it asked for, or while something of its reply went wrong.
 */
export function turnVerdict(facts: TurnFacts): TurnVerdict {
  const { performed, doneSummary, syntaxProblems } = facts;
  const claims = doneSummary !== undefined;
  if (performed.some(({ kind }) => looks.has(kind)))
    return goesOn(claims, 'The item goes on: first look at what you asked for.');
  if (performed.some(({ kind, result }) => kind !== 'run' && result === 'failed'))
    return goesOn(claims, 'The item is not done: not all of the reply could be carried out.');
  if (facts.writes && syntaxProblems.length > 0)
    return goesOn(claims || performed.length === 0, `The item is not done: ${syntaxProblems.join('; ')}.`);
  return facts.writes ? writerVerdict(facts) : reporterVerdict(facts);
}

function writerVerdict(facts: TurnFacts): TurnVerdict {
  const { performed, doneSummary, prose, targetPath } = facts;
  const claims = doneSummary !== undefined;
  const hasRun = performed.some(({ kind }) => kind === 'run');
  const hasEdited = performed.some(({ kind }) => kind === 'edit');
  if (performed.some(({ kind, result }) => kind === 'run' && result === 'failed'))
    return goesOn(claims, 'The item is not done: a command failed.');
  if (hasRun && !hasEdited && !claims) return goesOn(false);
  if (!facts.hasStaged && !facts.targetExists)
    return goesOn(true, `The reply holds no edit, and ${targetPath} does not exist yet. Write it.`);
  if (!facts.hasStaged && !claims)
    return goesOn(
      true,
      'The reply holds no edit and no block, so nothing was done. Send the edits, or <done> with the reason if nothing has to change.',
    );
  return { kind: 'finished', summary: doneSummary || prose };
}

function reporterVerdict({ performed, doneSummary, prose }: TurnFacts): TurnVerdict {
  if (performed.length > 0)
    return goesOn(doneSummary !== undefined, 'The item goes on: first look at the result of the command.');
  const report = [doneSummary ?? '', prose].sort((a, b) => b.length - a.length)[0] ?? '';
  return report === ''
    ? goesOn(true, 'The report is empty. Write what you found.')
    : { kind: 'finished', summary: report };
}

function goesOn(explains: boolean, note?: string): TurnVerdict {
  return explains && note !== undefined ? { kind: 'goesOn', note: oneLine(note, 2_000) } : { kind: 'goesOn' };
}
