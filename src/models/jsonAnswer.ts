import { jsonrepair } from 'jsonrepair';
import type { z } from 'zod';
import { errorMessage } from '../base/errors.ts';
import type { JsonRepair } from '../domain/schema/model.ts';

export type ParsedAnswer<T> =
  | { readonly ok: true; readonly value: T; readonly repairs: readonly JsonRepair[] }
  /** Each problem names the path in the object, such as `work_items.2.mode`. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Longer answers are refused unread: repair is meant for plans and verdicts, and must not stall the host. */
const maxJsonCharacters = 1_000_000;
const maxRepairCharacters = 200_000;
const maxCandidates = 6;
const maxProblems = 20;

interface Candidate {
  readonly text: string;
  readonly isWhole: boolean;
  /** False when the text ended before the object did. */
  readonly isClosed: boolean;
}

/**
 * Reads the JSON object (or array) of a model's answer, whatever stands around it: fences and prose are left out,
 * small errors of syntax mended, a cut-off end closed. Of several objects the longest that fits `schema` counts.
 */
export function parseJsonAnswer<T>(text: string, schema: z.ZodType<T>): ParsedAnswer<T> {
  if (text.trim() === '') return { ok: false, problems: ['The answer is empty.'] };
  if (text.length > maxJsonCharacters) {
    return {
      ok: false,
      problems: [`The answer is too long: ${text.length} characters, ${maxJsonCharacters} allowed.`],
    };
  }
  const candidates = findCandidates(text.trim());
  if (candidates.length === 0) return { ok: false, problems: ['The answer holds no JSON object.'] };
  let problems: readonly string[] | undefined;
  for (const candidate of candidates) {
    const result = parseCandidate(candidate, schema);
    if (result.ok) return result;
    problems ??= result.problems;
  }
  return { ok: false, problems: problems ?? [] };
}

function parseCandidate<T>(candidate: Candidate, schema: z.ZodType<T>): ParsedAnswer<T> {
  const repairs: JsonRepair[] = candidate.isWhole ? [] : ['surroundingTextRemoved'];
  let data: unknown;
  try {
    data = JSON.parse(candidate.text);
  } catch (error) {
    if (candidate.text.length > maxRepairCharacters) return notJson(error);
    try {
      data = JSON.parse(jsonrepair(candidate.text));
    } catch {
      return notJson(error);
    }
    repairs.push(candidate.isClosed ? 'syntaxRepaired' : 'endClosed');
  }
  const result = schema.safeParse(data);
  if (result.success) return { ok: true, value: result.data, repairs };
  const problems = result.error.issues.map(
    issue => `${issue.path.map(String).join('.') || 'answer'}: ${issue.message}`,
  );
  if (repairs.includes('endClosed')) problems.unshift('The answer broke off before its end.');
  if (problems.length <= maxProblems) return { ok: false, problems };
  return { ok: false, problems: [...problems.slice(0, maxProblems), `… and ${problems.length - maxProblems} more`] };
}

function notJson(error: unknown): ParsedAnswer<never> {
  return { ok: false, problems: [`The answer is not valid JSON: ${errorMessage(error)}`] };
}

/** The outermost bracketed spans of `text`, longest first. A span that never closes ends with the text. */
function findCandidates(text: string): Candidate[] {
  const candidates: Candidate[] = [];
  let unclosed = 0;
  let position = nextOpening(text, 0);
  while (position !== -1 && unclosed < maxCandidates) {
    const end = closingPosition(text, position);
    const isClosed = end !== undefined;
    const span = text.slice(position, end);
    candidates.push({ text: span, isWhole: span.length === text.length, isClosed });
    if (!isClosed) unclosed += 1;
    position = nextOpening(text, end ?? position + 1);
  }
  return candidates.sort((a, b) => b.text.length - a.text.length).slice(0, maxCandidates);
}

function nextOpening(text: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === '{' || text[index] === '[') return index;
  }
  return -1;
}

/** Just after the bracket that closes the one at `start`; brackets inside double-quoted strings do not count. */
function closingPosition(text: string, start: number): number | undefined {
  let depth = 0;
  let isInString = false;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (isInString) {
      if (character === '\\') index += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return undefined;
}
