/**
 * A run of changed lines can often be moved up or down without changing what the script does: when the line after it
 * equals its first line, it may as well start one later. Every run is moved as far down as it goes, joining what it
 * meets, and then, if there is such a place, back up to the last one where it stands opposite a change of the other
 * side. This is git's rule, so that what is ambiguous is decided as git decides it.
 */
export function slideGroups(lines: readonly string[], changed: Uint8Array, otherChanged: Uint8Array): void {
  const own = new Group(changed);
  const other = new Group(otherChanged);
  do {
    if (own.isEmpty) continue;
    let size: number;
    let lowest: number;
    let endFacingOther: number | undefined;
    do {
      size = own.end - own.start;
      endFacingOther = undefined;
      while (own.slideUp(lines)) other.moveToPrevious();
      lowest = own.end;
      if (!other.isEmpty) endFacingOther = own.end;
      while (own.slideDown(lines)) {
        other.moveToNext();
        if (!other.isEmpty) endFacingOther = own.end;
      }
    } while (own.end - own.start !== size);
    if (own.end === lowest || endFacingOther === undefined) continue;
    while (other.isEmpty) {
      own.slideUp(lines);
      other.moveToPrevious();
    }
  } while (own.moveToNext() && other.moveToNext());
}

/** A run of changed lines, possibly empty, between two unchanged lines. Both sides have equally many of them. */
class Group {
  start = 0;
  end = 0;
  readonly #changed: Uint8Array;

  constructor(changed: Uint8Array) {
    this.#changed = changed;
    while (changed[this.end] === 1) this.end++;
  }

  get isEmpty(): boolean {
    return this.start === this.end;
  }

  moveToNext(): boolean {
    if (this.end >= this.#changed.length) return false;
    this.start = this.end + 1;
    this.end = this.start;
    while (this.#changed[this.end] === 1) this.end++;
    return true;
  }

  moveToPrevious(): boolean {
    if (this.start === 0) return false;
    this.end = this.start - 1;
    this.start = this.end;
    while (this.start > 0 && this.#changed[this.start - 1] === 1) this.start--;
    return true;
  }

  /** One line down if the text allows it; takes in a run that it then touches. */
  slideDown(lines: readonly string[]): boolean {
    if (this.end >= this.#changed.length || lines[this.start] !== lines[this.end]) return false;
    this.#changed[this.start++] = 0;
    this.#changed[this.end++] = 1;
    while (this.#changed[this.end] === 1) this.end++;
    return true;
  }

  slideUp(lines: readonly string[]): boolean {
    if (this.start === 0 || lines[this.start - 1] !== lines[this.end - 1]) return false;
    this.#changed[--this.start] = 1;
    this.#changed[--this.end] = 0;
    while (this.start > 0 && this.#changed[this.start - 1] === 1) this.start--;
    return true;
  }
}
