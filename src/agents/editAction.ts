// Carrying out the edits of a reply: all of them or none, then a look at whether the files still parse.

import { quoteData } from '../base/quotedData.ts';
import type { EditProblem, FileChange, FileEdit } from '../domain/schema/changes.ts';
import type { AgentServices, FileProblem } from './agent.ts';
import { orRefused, readTextOr } from './fileAccess.ts';
import type { Observation } from './observation.ts';
import type { EditAction } from './protocol/agentAction.ts';
import { excerptLines, oneLine } from './textBudget.ts';

/** `hasChanged`: something is staged that was not before. */
export interface EditOutcome extends Observation {
  readonly hasChanged: boolean;
  /** The files of the item that do not parse now; undefined when nothing was applied, and it is as it was before. */
  readonly syntaxProblems?: readonly FileProblem[];
}

const mostProblems = 8;
const excerptLimit = 1_500;
/** A file with at least this many different lines is not replaced as a whole by a reply that names no file. */
const precious = 10;

/**
 * Applies the edits to `services.files`; what is wrong with them comes back with the nearest lines. An edit of `hello.py`
 * where the item is about `src/hello.py` and there is no `hello.py` is one of the item's file.
 */
export async function applyEditAction(
  action: EditAction,
  targetPath: string,
  services: Pick<AgentServices, 'files' | 'checkSyntax'>,
  options: { readonly signal: AbortSignal },
): Promise<EditOutcome> {
  if (action.problems.length > 0) return refused(action.problems);
  const loss = action.origin === 'bareReply' ? await lossOfBareReply(action, services.files) : undefined;
  if (loss !== undefined) return { ok: false, hasChanged: false, text: loss, summary: 'names no file' };
  const result = await orRefused(async () => ({
    kind: 'result' as const,
    ...(await services.files.apply(await aimed(action.edits, targetPath, services.files))),
  }));
  if (result.kind === 'unreadable') {
    return { ok: false, hasChanged: false, text: `No edit was applied. ${result.reason}`, summary: result.reason };
  }
  if (!result.ok) return refused(result.problems);
  if (result.changes.length === 0) {
    const text = 'The edits change nothing: the files already hold this text.';
    return { ok: false, hasChanged: false, text, summary: 'nothing changed' };
  }
  const staged = await services.files.changes();
  const paths = staged.filter(change => change.kind !== 'deleted' && !change.isBinary).map(change => change.path);
  const syntaxProblems = await services.checkSyntax(paths, options);
  const applied = `Applied: ${describeChanges(result.changes)}.`;
  if (syntaxProblems.length === 0)
    return { ok: true, hasChanged: true, syntaxProblems, text: applied, summary: describeChanges(result.changes) };
  const shown = await Promise.all(
    syntaxProblems.slice(0, mostProblems).map(problem => showProblem(problem, services.files)),
  );
  return {
    ok: false,
    hasChanged: true,
    syntaxProblems,
    text: `${applied} But now this does not parse; mend it:\n${shown.join('\n')}`,
    summary: syntaxProblems.map(formatFileProblem).join('; '),
  };
}

async function aimed(
  edits: readonly FileEdit[],
  targetPath: string,
  files: AgentServices['files'],
): Promise<readonly FileEdit[]> {
  const shortened = edits.map(edit => edit.path).find(path => path !== '' && targetPath.endsWith(`/${path}`));
  if (shortened === undefined || (await readTextOr(files, shortened)).kind !== 'missing') return edits;
  return edits.map(edit => (edit.path === shortened ? { ...edit, path: targetPath } : edit));
}

/** `src/a.py (+3 -1), src/b.py (deleted)` */
export function describeChanges(changes: readonly FileChange[]): string {
  return changes
    .map(({ path, kind, previousPath, additions, deletions }) => {
      if (kind === 'deleted') return `${path} (deleted)`;
      const counts = `+${additions} -${deletions}`;
      return kind === 'renamed' ? `${previousPath ?? '?'} → ${path} (${counts})` : `${path} (${counts})`;
    })
    .join(', ');
}

/** `src/a.py line 3: invalid syntax` */
export function formatFileProblem({ path, line, message }: FileProblem): string {
  return `${path}${line === undefined ? '' : ` line ${line}`}: ${oneLine(message, 300)}`;
}

function refused(problems: readonly EditProblem[]): EditOutcome {
  const shown = problems.slice(0, mostProblems).map(describeProblem);
  const left = problems.length - shown.length;
  if (left > 0) shown.push(`… and ${left} more problems`);
  return {
    ok: false,
    hasChanged: false,
    text: `No edit of this reply was applied. Send all of them again, corrected:\n${shown.join('\n')}`,
    summary: oneLine(problems.map(namedReason).join('; '), 500),
  };
}

function namedReason({ path, reason }: EditProblem): string {
  return path === '' || reason.includes(path) ? reason : `${path}: ${reason}`;
}

function describeProblem(problem: EditProblem): string {
  const { path, kind, nearest } = problem;
  const excerpts = nearest.map(({ startLine, lines }) => {
    const label = `${path}, lines ${startLine}-${startLine + lines.length - 1} as they are`;
    return quoteData(label, excerptLines(lines.join('\n'), excerptLimit).text);
  });
  const heading = kind === 'noMatch' && excerpts.length > 0 ? ' The nearest lines:' : '';
  return [`- ${namedReason(problem)}${heading}`, ...excerpts].join('\n');
}

async function showProblem(problem: FileProblem, files: AgentServices['files']): Promise<string> {
  const sentence = `- ${formatFileProblem(problem)}`;
  if (problem.line === undefined) return sentence;
  const found = await readTextOr(files, problem.path);
  if (found.kind !== 'text') return sentence;
  const range = { start: Math.max(1, problem.line - 3), end: problem.line + 2 };
  const excerpt = excerptLines(found.text, excerptLimit, range);
  if (excerpt.text === '') return sentence;
  return `${sentence}\n${quoteData(`${problem.path}, lines ${excerpt.start}-${excerpt.end}`, excerpt.text)}`;
}

/** Why a reply that names no file must not replace the one that is there: half of its lines or more would be gone. */
async function lossOfBareReply({ edits }: EditAction, files: AgentServices['files']): Promise<string | undefined> {
  const [write] = edits;
  if (write?.type !== 'writeFile') return undefined;
  const found = await readTextOr(files, write.path);
  if (found.kind !== 'text') return undefined;
  const before = distinctLines(found.text);
  const after = distinctLines(write.content);
  const kept = [...before].filter(line => after.has(line)).length;
  if (before.size < precious || kept >= before.size / 2) return undefined;
  return `The reply names no file. Taken as ${write.path} it would delete most of what is there. Send search/replace blocks, or the path on a line above the fence if it is meant to replace the whole file.`;
}

function distinctLines(text: string): Set<string> {
  return new Set(
    text
      .split('\n')
      .map(line => line.trim())
      .filter(line => line !== ''),
  );
}
