import { parseEdits } from '../../../src/agents/dialects/parseEdits.ts';
import { applyEdits } from '../../../src/changes/edits/applyEdits.ts';
import { plainPunctuation } from '../../../src/changes/edits/matchLines.ts';
import { fileVersion } from '../../../src/changes/memoryBlobStore.ts';
import { decodeText } from '../../../src/changes/textFile.ts';
import type { EditProblem } from '../../../src/domain/schema/changes.ts';
import type { CorruptReply } from './corruption.ts';
import type { EditPair } from './editPair.ts';
import { encodeLines, type FileStyle } from './fileStyle.ts';

/** What became of a reply: the edit that was meant, nothing, or something else. */
export type Verdict =
  | { readonly kind: 'applied' }
  /** `hasNearest`: every text that was not found, found more than once or changed twice came with lines of the file. */
  | { readonly kind: 'refused'; readonly reasons: readonly string[]; readonly hasNearest: boolean }
  | { readonly kind: 'misapplied'; readonly result: string };

/** Excerpts of the file that a refusal must show, by its kind. */
const LEAST_EXCERPTS: Partial<Record<EditProblem['kind'], number>> = { noMatch: 1, ambiguous: 2, overlap: 2 };

/** Parses and applies the reply to the file as it was before, and compares what is there then byte by byte. */
export async function judgeEdit(pair: EditPair, reply: CorruptReply, style: FileStyle = 'plain'): Promise<Verdict> {
  const parsed = parseEdits(reply.text, { defaultPath: pair.path });
  if (parsed.problems.length > 0 || parsed.edits.length === 0) {
    const reasons = parsed.problems.map(problem => problem.reason);
    return { kind: 'refused', reasons: reasons.length > 0 ? reasons : ['no edit found'], hasNearest: true };
  }
  const before = fileVersion(encodeLines(pair.before, style), true);
  const result = await applyEdits(parsed.edits, path =>
    Promise.resolve({ ok: true, path, version: path === pair.path ? before : undefined }),
  );
  if (!result.ok) {
    const hasNearest = result.problems.every(({ kind, nearest }) => nearest.length >= (LEAST_EXCERPTS[kind] ?? 0));
    return { kind: 'refused', reasons: result.problems.map(problem => problem.reason), hasNearest };
  }
  const own = result.files.find(file => file.path === pair.path);
  const isAlone = result.files.every(file => file === own);
  const after = own ? own.after : before;
  const lines = decodeText(after?.content ?? new Uint8Array())?.lines ?? [];
  const keepsStyle = after?.isExecutable === true && encodeLines(lines, style).equals(after.content);
  if (isAlone && keepsStyle && isMeant(pair, lines, reply.tolerance)) return { kind: 'applied' };
  return { kind: 'misapplied', result: lines.join('\n') };
}

function isMeant(pair: EditPair, result: readonly string[], tolerance: CorruptReply['tolerance']): boolean {
  if (sameLines(result, pair.after)) return true;
  if (tolerance === 'spelling') return sameLines(result.map(spelling), pair.after.map(spelling));
  return tolerance === 'fewerHunks' && isPartOf(pair, result);
}

/** Whether the result is what some of the edit's changes make, in their order and in their places. */
function isPartOf({ before, after, changes }: EditPair, lines: readonly string[]): boolean {
  const follows = (at: number, wanted: readonly string[]) =>
    wanted.every((line, offset) => lines[at + offset] === line);
  const fits = (index: number, oldAt: number, at: number): boolean => {
    const change = changes[index];
    const same = before.slice(oldAt, change?.oldStart);
    if (!follows(at, same)) return false;
    const next = at + same.length;
    if (!change) return next === lines.length;
    const oldEnd = change.oldStart + change.oldCount;
    const fresh = after.slice(change.newStart, change.newStart + change.newCount);
    if (follows(next, fresh) && fits(index + 1, oldEnd, next + fresh.length)) return true;
    return fits(index + 1, change.oldStart, next);
  };
  return fits(0, 0, 0);
}

function sameLines(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index]);
}

function spelling(line: string): string {
  return plainPunctuation(line).trimEnd();
}
