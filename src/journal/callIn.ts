import type { RunEvent } from '../domain/schema/events.ts';
import type { CallEvent } from './journal.ts';

/** The event, if it is one of a model call. */
export function callIn(event: RunEvent): readonly CallEvent[] {
  const { type } = event;
  return type === 'model.requested' || type === 'model.responded' || type === 'model.failed' ? [event] : [];
}
