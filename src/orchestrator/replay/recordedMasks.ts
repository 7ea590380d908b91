import { placeholdersIn } from '../../base/credentials/maskPlaceholder.ts';
import type { RunEvent } from '../../domain/schema/events.ts';

/**
 * Masks the texts of a replay as those of the run were. Secrets that were known by their value then are in no journal, but
 * the texts that they were taken out of are: one that is the same around the placeholders was masked so. What the core
 * goes on with is what stands in the journal, so that it would go on with another text otherwise.
 */
export class RecordedMasks {
  readonly #recorded = new Set<string>();
  readonly #masked: readonly string[];

  constructor(events: readonly RunEvent[]) {
    collectStrings(events, this.#recorded);
    this.#masked = [...this.#recorded].filter(text => placeholdersIn(text).length > 0);
  }

  /** The text as it was recorded; as it is where it was recorded so, or never. */
  mask(text: string): string {
    if (this.#recorded.has(text)) return text;
    return this.#masked.find(masked => isMaskedFrom(masked, text)) ?? text;
  }
}

function collectStrings(value: unknown, found: Set<string>): void {
  if (typeof value === 'string') found.add(value);
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) collectStrings(inner, found);
  }
}

/** Whether `text` is what `masked` was before: anything may have stood where a placeholder stands. */
export function isMaskedFrom(masked: string, text: string): boolean {
  const placeholders = [...new Set(placeholdersIn(masked))];
  if (placeholders.length === 0) return false;
  const marked = placeholders.reduce((rest, placeholder) => rest.replaceAll(placeholder, '\0'), masked);
  return followEachOther(marked.split('\0'), text);
}

/** Whether the parts stand in the text in this order, the first at its beginning and the last at its end. */
function followEachOther(parts: readonly string[], text: string): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined || !text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
