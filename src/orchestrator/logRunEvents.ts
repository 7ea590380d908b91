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

/** The facts of an event that fit into a line: numbers, ids, states and short texts. */
function fieldsOf(event: RunEvent): LogFields {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(event) as [string, unknown][]) {
    if (name === 'type' || name === 'at') continue;
    if (typeof value === 'string')
      fields[name] = value.length > longestText ? `${value.slice(0, longestText)}…` : value;
    else if (typeof value === 'number' || typeof value === 'boolean') fields[name] = value;
    else if (Array.isArray(value))
      fields[name] = value.every(entry => typeof entry === 'string') ? value.slice(0, 20) : value.length;
  }
  return fields;
}
