import { assertNever } from '../../base/assertNever.ts';
import type { EditProblem, FileEdit } from '../../domain/schema/changes.ts';
import type { AgentActionSummary } from '../../domain/schema/events.ts';
import type { LineRange } from './attributes.ts';

/** Something that an agent's reply asks for, in the one vocabulary of all models and providers. */
export type AgentAction =
  | { readonly kind: 'read'; readonly path: string; readonly lines?: LineRange }
  /** `path` is `''` for the workspace itself. */
  | { readonly kind: 'list'; readonly path: string }
  /** `pattern` is plain text. */
  | { readonly kind: 'search'; readonly pattern: string; readonly path?: string }
  | EditAction
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'ask'; readonly question: string; readonly options: readonly string[] }
  | { readonly kind: 'done'; readonly summary: string }
  /** A block that says nothing that can be done; `reason` is one sentence for the model. */
  | { readonly kind: 'invalid'; readonly reason: string };

/** All edits of one reply: they are applied together or not at all. */
export interface EditAction {
  readonly kind: 'edit';
  readonly edits: readonly FileEdit[];
  /** Blocks that could not be read as edits. With any of them none of `edits` may be applied. */
  readonly problems: readonly EditProblem[];
  /** `bareReply`: the reply had no edit, and was taken as the content of the item's file. */
  readonly origin: 'blocks' | 'bareReply';
}

export type AgentActionKind = AgentAction['kind'];

/** The action as it is shown to people and kept in the journal. */
export function summarizeAction(action: AgentAction): AgentActionSummary {
  switch (action.kind) {
    case 'read':
      return { kind: 'read', detail: action.lines ? `${action.path}:${formatLineRange(action.lines)}` : action.path };
    case 'list':
      return { kind: 'list', detail: action.path || '.' };
    case 'search':
      return { kind: 'search', detail: action.path ? `${action.pattern} in ${action.path}` : action.pattern };
    case 'edit':
      return { kind: 'edit', detail: pathsOf(action).join(', ') };
    case 'run':
      return { kind: 'run', detail: action.command };
    case 'ask':
      return { kind: 'ask', detail: action.question };
    case 'done':
      return { kind: 'done', detail: action.summary };
    case 'invalid':
      return { kind: 'invalid', detail: action.reason };
    default:
      return assertNever(action);
  }
}

export function formatLineRange({ start, end }: LineRange): string {
  if (end === undefined) return `${start}-`;
  return start === end ? String(start) : `${start}-${end}`;
}

/** Every path that the edits name, in their order, each once. */
export function pathsOf({ edits, problems }: Pick<EditAction, 'edits' | 'problems'>): string[] {
  const named = edits.flatMap(edit => (edit.type === 'move' ? [edit.path, edit.to] : [edit.path]));
  return [...new Set([...named, ...problems.map(problem => problem.path)])].filter(path => path !== '');
}
