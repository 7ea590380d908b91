import type { EditProblem, FileEdit } from '../../domain/schema/changes.ts';
import { tagBehindFence } from './fences.ts';
import { type ScannedBlock, scanReply } from './scanReply.ts';

/** A stretch of the reply, in UTF-16 code units; `end` is exclusive. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** The edits of a reply, in whatever dialect each is written. */
export interface ParsedEdits {
  readonly edits: readonly FileEdit[];
  /** Blocks that are edits by their shape and cannot be read with certainty. With any of them nothing may be applied. */
  readonly problems: readonly EditProblem[];
  /** Where they all stand in the text, with their path lines and fences, without a tag behind a closing fence; in order. */
  readonly ranges: readonly Range[];
}

/**
 * Finds every edit in `text`: whole files, search/replace blocks, unified diffs and `*** Begin Patch` patches, in any
 * mixture. A block without a path of its own is for the file of the block before it, the first for `defaultPath`.
 */
export function parseEdits(text: string, options: { readonly defaultPath?: string } = {}): ParsedEdits {
  const lines = text.split('\n').map(line => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const state = { at: 0, fence: undefined, path: options.defaultPath ?? '' };
  const { blocks } = scanReply({ lines, isComplete: true }, state);
  return { ...collectEdits(blocks), ranges: rangesOf(text, lines, blocks) };
}

/** The edits of blocks in their order; neighbouring search/replace blocks of one file become one edit. */
export function collectEdits(blocks: readonly ScannedBlock[]): {
  readonly edits: readonly FileEdit[];
  readonly problems: readonly EditProblem[];
} {
  const edits = new EditList();
  const problems: EditProblem[] = [];
  for (const { read } of blocks) {
    if (read.kind === 'problem') {
      const reason = read.path === '' ? read.reason : `${read.path}: ${read.reason}`;
      problems.push({ ...INCOMPLETE, path: read.path, reason: `${reason}.` });
    } else if (read.kind === 'edits') for (const edit of read.edits) edits.add(edit);
  }
  if (problems.length <= MAX_PROBLEMS) return { edits: edits.all, problems };
  const reason = `${problems.length - MAX_PROBLEMS} more blocks cannot be read.`;
  return { edits: edits.all, problems: [...problems.slice(0, MAX_PROBLEMS), { ...INCOMPLETE, path: '', reason }] };
}

/** A reply that is broken throughout is not told every single thing. */
const MAX_PROBLEMS = 20;
const INCOMPLETE = { kind: 'incomplete', nearest: [] } as const;

class EditList {
  readonly all: FileEdit[] = [];
  /** The place in `all` of the last edit of a path, or the last that moves a file there. */
  readonly #lastOf = new Map<string, number>();

  add(edit: FileEdit): void {
    const last = this.#lastOf.get(edit.path) ?? -1;
    const previous = this.all[last];
    const joins = edit.type === 'replaceBlocks' && previous?.type === 'replaceBlocks' && previous.path === edit.path;
    if (joins) {
      this.all[last] = { ...previous, blocks: [...previous.blocks, ...edit.blocks] };
      return;
    }
    this.#lastOf.set(edit.path, this.all.length);
    if (edit.type === 'move') this.#lastOf.set(edit.to, this.all.length);
    this.all.push(edit);
  }
}

function rangesOf(text: string, lines: readonly string[], blocks: readonly ScannedBlock[]): Range[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const startOf = (line: number) => starts[line] ?? text.length;
  return blocks.map(block => {
    const last = block.end - 1;
    const tag = tagBehindFence(lines[last] ?? '');
    return { start: startOf(block.start), end: tag === undefined ? startOf(block.end) : startOf(last) + tag };
  });
}
