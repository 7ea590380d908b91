import type { Disposable } from '../base/disposable.ts';
import type { LogFields, Logger } from '../base/logger.ts';
import type { RunEvent } from '../domain/schema/events.ts';
import type { JournaledRun } from './journaledRun.ts';

/** Logged by those who make the call, who know more of it. */
const loggedElsewhere = new Set<RunEvent['type']>(['model.requested', 'model.responded', 'model.failed']);
/** What only happens because something else did, often. */
const detail = /^(?:agent|edit|layer|world|session|order\.renewed|context)/;

const longestText = 300;

/** Logs a line for each change of the run's state, under the correlation id of the step that it belongs to. */
export function logRunEvents(run: JournaledRun, logger: Logger): Disposable {
  return run.onDidAppend(event => {
    if (loggedElsewhere.has(event.type)) return;
    logger.log(detail.test(event.type) ? 'debug' : 'info', event.type, fieldsOf(event));
  });
}

/** The facts of an event that fit into a line: numbers, ids, states and short texts, also of the object that it is about. */
function fieldsOf(event: RunEvent): LogFields {
  const facts = (Object.entries(event) as [string, unknown][]).filter(([name]) => name !== 'type' && name !== 'at');
  return Object.fromEntries(facts.map(([name, value]) => [name, factsOf(value) ?? factsIn(value)]));
}

function factsIn(value: unknown): LogFields | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.fromEntries(
    (Object.entries(value) as [string, unknown][]).map(([name, inner]) => [name, factsOf(inner)]),
  );
}

/** Undefined for what does not fit. */
function factsOf(value: unknown): unknown {
  if (typeof value === 'string') return value.length > longestText ? `${value.slice(0, longestText)}…` : value;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (!Array.isArray(value)) return undefined;
  return value.every(entry => typeof entry === 'string') ? value.slice(0, 20) : value.length;
}
