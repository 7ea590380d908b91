// Edits by an author who saw placeholders where the file has secrets: a placeholder in an edit means what it stands for.
import { maskPlaceholder, placeholdersIn } from '../../base/credentials/maskPlaceholder.ts';
import type { TextFinding } from '../../base/credentials/textFinding.ts';
import type { FileEdit } from '../../domain/schema/changes.ts';
import { diffLines } from '../diff/lineDiff.ts';
import { dominantLineEnd, type LineEnd, plainText, splitLines, type TextFile } from '../textFile.ts';
import type { TextProblem } from './editText.ts';

/** The places in a text that are masked before a model sees it; in order, not overlapping. */
export type FindMasked = (text: string) => Promise<readonly TextFinding[]>;

/** Where nothing is masked. */
export const findNothing: FindMasked = () => Promise.resolve([]);

/** Whether the new or the old text of an edit has a placeholder in it. */
export function namesPlaceholder(edit: FileEdit): boolean {
  return textsOf(edit).some(text => placeholdersIn(text).length > 0);
}

function textsOf(edit: FileEdit): readonly string[] {
  switch (edit.type) {
    case 'writeFile':
      return [edit.content];
    case 'replaceBlocks':
      return edit.blocks.flatMap(({ search, replace }) => [search, replace]);
    case 'hunks':
      return edit.hunks.flatMap(hunk => hunk.lines.map(line => line.text));
    case 'delete':
    case 'move':
    case 'setExecutable':
      return [];
  }
}

/** A file as its author saw it, with what each placeholder stands for. */
export interface MaskedText {
  readonly file: TextFile;
  /** For each line of `file`, what its placeholders stand for, in order. */
  readonly originals: readonly (readonly string[])[];
}

/** The file with a placeholder for each finding in its plain text. A placeholder that the file itself has stands for itself. */
export function maskText(file: TextFile, findings: readonly TextFinding[]): MaskedText {
  const text = plainText(file);
  const parts: string[] = [];
  const originals: string[] = [];
  let at = 0;
  for (const { kind, start, end } of findings) {
    const between = text.slice(at, start);
    parts.push(between, maskPlaceholder(kind));
    originals.push(...placeholdersIn(between), text.slice(start, end));
    at = end;
  }
  parts.push(text.slice(at));
  originals.push(...placeholdersIn(text.slice(at)));
  const { lines, ends } = splitLines(parts.join(''));
  const end = dominantLineEnd(file);
  const masked = { ...file, lines, ends: ends.map(own => (own === '' ? '' : end)) };
  // Lines keep their own ends where each is still one line.
  const isLineByLine = lines.length === file.lines.length;
  let next = 0;
  return {
    file: isLineByLine ? { ...masked, ends: file.ends } : masked,
    originals: lines.map(line => originals.slice(next, (next += placeholdersIn(line).length))),
  };
}

/**
 * `edited`, which was `before` once, with what the placeholders stand for. Refused where that cannot be told: the file has
 * no such secret, or several of the kind, and the line is none that was there.
 */
export function unmaskText(before: MaskedText, edited: TextFile): TextFile | TextProblem {
  const known = valuesByPlaceholder(before.file.lines, before.originals);
  const lines: string[] = [];
  const ends: LineEnd[] = [];
  for (const { line, end, originals, nearby } of alignedLines(before, edited)) {
    const found = placeholdersIn(line);
    const values =
      originals ?? found.map(placeholder => onlyOne(nearby.get(placeholder)) ?? onlyOne(known.get(placeholder)));
    const missing = found.find((_, index) => values[index] === undefined);
    if (missing !== undefined) return refusal(missing, known.has(missing));
    let next = 0;
    const whole = splitLines(line.replaceAll(/\[masked: [a-z0-9-]{1,40}\]/g, () => values[next++] ?? ''));
    for (const [index, part] of whole.lines.entries()) {
      lines.push(part);
      ends.push(index === whole.lines.length - 1 ? end : dominantLineEnd(before.file));
    }
    if (whole.lines.length === 0) {
      lines.push('');
      ends.push(end);
    }
  }
  return { ...edited, lines, ends };
}

interface AlignedLine {
  readonly line: string;
  readonly end: LineEnd;
  /** Set for a line that was there before: what its own placeholders stand for. */
  readonly originals: readonly string[] | undefined;
  /** For a new line: what the placeholders stand for in the lines whose place it took. */
  readonly nearby: ReadonlyMap<string, ReadonlySet<string>>;
}

function* alignedLines(before: MaskedText, edited: TextFile): Generator<AlignedLine> {
  const { lines } = before.file;
  const none: AlignedLine['nearby'] = new Map();
  const lineAt = (index: number) => ({ line: edited.lines[index] ?? '', end: edited.ends[index] ?? '' });
  let [oldAt, newAt] = [0, 0];
  for (const change of [...diffLines(lines, edited.lines), undefined]) {
    const until = change?.newStart ?? edited.lines.length;
    for (; newAt < until; newAt += 1, oldAt += 1) {
      yield { ...lineAt(newAt), originals: before.originals[oldAt], nearby: none };
    }
    if (change === undefined) return;
    const oldEnd = oldAt + change.oldCount;
    const nearby = valuesByPlaceholder(lines.slice(oldAt, oldEnd), before.originals.slice(oldAt, oldEnd));
    for (const end = newAt + change.newCount; newAt < end; newAt += 1) {
      yield { ...lineAt(newAt), originals: undefined, nearby };
    }
    oldAt = oldEnd;
  }
}

function valuesByPlaceholder(lines: readonly string[], originals: MaskedText['originals']): Map<string, Set<string>> {
  const values = new Map<string, Set<string>>();
  for (const [index, line] of lines.entries()) {
    for (const [place, placeholder] of placeholdersIn(line).entries()) {
      const set = values.get(placeholder) ?? new Set();
      values.set(placeholder, set.add(originals[index]?.[place] ?? placeholder));
    }
  }
  return values;
}

function onlyOne(values: ReadonlySet<string> | undefined): string | undefined {
  return values?.size === 1 ? [...values][0] : undefined;
}

function refusal(placeholder: string, isAmbiguous: boolean): TextProblem {
  const reason = isAmbiguous
    ? `"${placeholder}" stands for several secrets in it, and it cannot be told which is meant here; keep each line that has it as it is, or change one of them at a time`
    : `"${placeholder}" stands for a secret that is not shown to you, and the file has none such to put in its place; leave it out, or have the program read the secret from its environment`;
  return { kind: 'masked', reason, nearest: [] };
}
