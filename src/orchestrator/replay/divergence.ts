import { describeDifference, firstDifference } from '../../base/firstDifference.ts';
import type { RunEvent, RunEventType } from '../../domain/schema/events.ts';
import { comparableEvent } from './comparedEvents.ts';
import { isMaskedFrom } from './recordedMasks.ts';

/** The first step in which a replay is not the run. */
export interface Divergence {
  /** Of the recorded event. */
  readonly seq: number;
  readonly type: RunEventType;
  readonly itemId?: string;
  /** Where in the event, such as `messages[1].hash`; empty when it is all of it. */
  readonly place: string;
  readonly expected: string;
  readonly got: string;
  /** For people: the step, and both sides. */
  readonly message: string;
}

/** The text behind a content's hash, where there is one. */
export type ReadText = (hash: string) => string | undefined;

/** The difference between what was recorded and what the replay made of it; undefined when there is none. */
export function findDivergence(
  recorded: RunEvent,
  made: RunEvent,
  lane: string,
  texts: { readonly recorded: ReadText; readonly made: ReadText },
): Divergence | undefined {
  const [expected, got] = [comparableEvent(recorded), comparableEvent(made)];
  if (recorded.type !== made.type) return divergence(recorded, lane, '', short(expected), short(got));
  const difference = differenceIn(expected, got, '', (one, other) => isSameButMasked(one, other, texts));
  if (difference === undefined) return undefined;
  const { place } = difference;
  const [left, right] = [textOf(difference.expected, texts.recorded), textOf(difference.got, texts.made)];
  if (left === undefined || right === undefined) {
    return divergence(recorded, lane, place, short(difference.expected), short(difference.got));
  }
  const lines = firstDifference(left, right);
  if (lines === undefined) return divergence(recorded, lane, place, short(difference.expected), short(difference.got));
  const sides = describeDifference(lines, { expected: 'recorded', got: 'replayed' });
  const message = `${stepName(recorded, lane)}, ${place}, line ${lines.line}:\n${sides}`;
  return { ...step(recorded, lane), place, expected: lines.expected ?? '', got: lines.got ?? '', message };
}

/** The replay does something that the run did not: `what` says it, as in "looks at src/a.ts". */
export function unexpectedStep(next: RunEvent, lane: string, what: string): Divergence {
  return divergence(next, lane, '', short(comparableEvent(next)), what);
}

function divergence(event: RunEvent, lane: string, place: string, expected: string, got: string): Divergence {
  const where = place === '' ? '' : `, ${place}`;
  const message = `${stepName(event, lane)}${where}:\n  recorded: ${expected}\n  replayed: ${got}`;
  return { ...step(event, lane), place, expected, got, message };
}

function step({ seq, type }: RunEvent, lane: string) {
  const itemId = /^item (.+)$/.exec(lane)?.[1];
  return { seq, type, ...(itemId === undefined ? {} : { itemId }) };
}

function stepName({ seq, type }: RunEvent, lane: string): string {
  return `Step ${seq} (${type}, ${lane})`;
}

interface Difference {
  readonly place: string;
  readonly expected: unknown;
  readonly got: unknown;
}

function differenceIn(
  expected: unknown,
  got: unknown,
  place: string,
  isSame: (expected: unknown, got: unknown) => boolean,
): Difference | undefined {
  if (!isObject(expected) || !isObject(got) || Array.isArray(expected) !== Array.isArray(got)) {
    return expected === got || isSame(expected, got) ? undefined : { place, expected, got };
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(got)])) {
    const name = Array.isArray(expected) ? `${place}[${key}]` : place === '' ? key : `${place}.${key}`;
    const difference = differenceIn(expected[key], got[key], name, isSame);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A journal holds no secrets: where one was masked when it was recorded, anything may stand in the replay. */
function isSameButMasked(
  expected: unknown,
  got: unknown,
  texts: { readonly recorded: ReadText; readonly made: ReadText },
): boolean {
  const [recorded, made] = [textOf(expected, texts.recorded), textOf(got, texts.made)];
  return recorded !== undefined && made !== undefined && isMaskedFrom(recorded, made);
}

/** A text that may have several lines: of a content, or as it stands in the event. */
function textOf(value: unknown, read: ReadText): string | undefined {
  if (typeof value !== 'string') return undefined;
  return /^[0-9a-f]{64}$/.test(value) ? read(value) : value;
}

const longest = 300;

function short(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
