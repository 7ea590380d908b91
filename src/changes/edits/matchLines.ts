import type { MatchRung } from '../../domain/schema/changes.ts';
import { type IndentShift, indentShift, noShift } from './indentShift.ts';

/** A place in a file where the old lines of an edit are, read as loosely as `rung` allows. */
export interface Place {
  /** 0-based index of the first line. */
  readonly start: number;
  readonly rung: MatchRung;
  readonly shift: IndentShift;
}

/** More places than anybody looks at; anchors and headings choose among so many at most. */
const MAX_PLACES = 1_000;

type Ladder = 'exact' | 'trailingSpace' | 'indentation' | 'punctuation';

const LADDER: readonly Ladder[] = ['exact', 'trailingSpace', 'indentation', 'punctuation'];

const keyOf: Readonly<Record<Ladder, (line: string) => string>> = {
  exact: line => line,
  trailingSpace: line => line.trimEnd(),
  indentation: line => line.trim(),
  punctuation: line => plainPunctuation(line).trim(),
};

/** Typographic punctuation as what a keyboard has, character for character, so that offsets stay valid. */
export function plainPunctuation(line: string): string {
  return line
    .replace(/[\u2018\u2019\u201a\u201b\u2032]/g, "'")
    .replace(/[\u201c\u201d\u201e\u201f\u2033]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, ' ');
}

/** Whether any of the lines says more than blank lines and brackets do. */
export function hasWord(lines: readonly string[]): boolean {
  return lines.some(line => /[\p{L}\p{N}]/u.test(line));
}

/** Finds lists of lines in one file; keeps what it prepared for one search for the next. */
export class LineFinder {
  readonly lines: readonly string[];
  readonly #indexes = new Map<Ladder, { readonly keys: readonly string[]; readonly at: Map<string, number[]> }>();

  constructor(lines: readonly string[]) {
    this.lines = lines;
  }

  /**
   * The places of `pattern` on the strictest rung of the ladder that has any, up to a thousand of them, from the rung of
   * the indents on where `isIndentTrusted` is false. No similarity is measured: on every rung each line either is the
   * file's line in that reading, or is not. No places for an empty or blank pattern.
   */
  find(pattern: readonly string[], isIndentTrusted: boolean): readonly Place[] {
    if (pattern.every(line => line.trim() === '')) return this.#findBlank(pattern);
    for (const rung of isIndentTrusted ? LADDER : LADDER.slice(LADDER.indexOf('indentation'))) {
      const places = this.#findOn(rung, pattern);
      if (places.length > 0) return places;
    }
    return [];
  }

  /** Blank lines have nothing but themselves to be known by, so they are only ever matched exactly. */
  #findBlank(pattern: readonly string[]): readonly Place[] {
    return pattern.length === 0 ? [] : this.#findOn('exact', pattern);
  }

  #findOn(rung: Ladder, pattern: readonly string[]): Place[] {
    const { keys, at } = this.#index(rung);
    const wanted = pattern.map(keyOf[rung]);
    let rarest: readonly number[] | undefined;
    let rarestOffset = 0;
    for (const [offset, key] of wanted.entries()) {
      const positions = at.get(key);
      if (!positions) return [];
      if (!rarest || positions.length < rarest.length) {
        rarest = positions;
        rarestOffset = offset;
      }
    }
    const places: Place[] = [];
    for (const position of rarest ?? []) {
      const start = position - rarestOffset;
      if (start < 0 || start + wanted.length > keys.length) continue;
      if (!wanted.every((key, offset) => keys[start + offset] === key)) continue;
      const shift = this.#shiftAt(rung, pattern, start);
      if (shift) places.push({ start, rung, shift });
      if (places.length === MAX_PLACES) break;
    }
    return places;
  }

  #shiftAt(rung: Ladder, pattern: readonly string[], start: number): IndentShift | undefined {
    if (rung === 'exact' || rung === 'trailingSpace') return noShift;
    return indentShift(pattern, this.lines.slice(start, start + pattern.length));
  }

  #index(rung: Ladder): { readonly keys: readonly string[]; readonly at: Map<string, number[]> } {
    let index = this.#indexes.get(rung);
    if (!index) {
      const keys = this.lines.map(keyOf[rung]);
      const at = new Map<string, number[]>();
      for (const [position, key] of keys.entries()) {
        const positions = at.get(key);
        if (positions) positions.push(position);
        else at.set(key, [position]);
      }
      index = { keys, at };
      this.#indexes.set(rung, index);
    }
    return index;
  }
}
