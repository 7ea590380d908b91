import { readOpeningTag } from './attributes.ts';
import { rangeAt, type TextRange } from './textRange.ts';

const blockNames = ['read', 'list', 'search', 'run', 'ask', 'done'] as const;
export type BlockName = (typeof blockNames)[number];

/** A block of the reply protocol as it stands in a reply, before its meaning is looked at. */
export interface Block extends TextRange {
  readonly name: BlockName;
  readonly attributes: ReadonlyMap<string, string>;
  /** What stands between the opening and the closing tag; undefined for a tag without either. */
  readonly body: string | undefined;
  /** Where the body starts. */
  readonly bodyStart: number;
}

/** Something that starts like a block and is none. */
export interface MalformedBlock extends TextRange {
  readonly name: BlockName;
  /** One sentence for the model. */
  readonly reason: string;
}

export interface ScannedBlocks {
  /** In the order of the text; none inside of another. */
  readonly blocks: readonly Block[];
  readonly malformed: readonly MalformedBlock[];
  /** A whole block stands in code and is therefore taken as quoted. */
  readonly hasQuoted: boolean;
  /** There are more than were looked for. */
  readonly isTruncated: boolean;
}

type Scan = { readonly kind: 'block'; readonly block: Block } | { readonly kind: 'malformed'; readonly reason: string };

const bodyBlocks: ReadonlySet<BlockName> = new Set(['run', 'ask', 'done']);
const tagPattern = new RegExp(`<(/?)(${blockNames.join('|')})(?=[\\s/>])`, 'gi');

/**
 * Finds the first `limit` blocks of `text` outside of `quoted` (sorted, not overlapping): code fences, inline code and the content of
 * edits, which may hold such markup themselves. What only looks like a block is reported when it starts a line; within a
 * sentence it is part of the prose.
 */
export function scanBlocks(text: string, quoted: readonly TextRange[], limit: number): ScannedBlocks {
  return new BlockScanner(text, quoted).scan(limit);
}

class BlockScanner {
  readonly #text: string;
  readonly #quoted: readonly TextRange[];
  readonly #tags: readonly { readonly name: BlockName; readonly start: number; readonly isQuoted: boolean }[];
  readonly #closingTags: ReadonlyMap<BlockName, readonly TextRange[]>;

  constructor(text: string, quoted: readonly TextRange[]) {
    this.#text = text;
    this.#quoted = quoted;
    const matches = [...text.matchAll(tagPattern)].map(match => ({
      isClosing: match[1] === '/',
      name: (match[2] ?? '').toLowerCase() as BlockName,
      start: match.index,
      isQuoted: rangeAt(quoted, match.index) !== undefined,
    }));
    this.#tags = matches.filter(match => !match.isClosing);
    const closing = (name: BlockName) =>
      matches
        .filter(match => match.isClosing && match.name === name && !match.isQuoted)
        .flatMap(({ start }) => {
          const end = /^\s{0,20}>/.exec(text.slice(start + 2 + name.length, start + 30 + name.length))?.[0].length;
          return end === undefined ? [] : { start, end: start + 2 + name.length + end };
        });
    this.#closingTags = new Map(blockNames.map(name => [name, closing(name)]));
  }

  scan(limit: number): ScannedBlocks {
    const blocks: Block[] = [];
    const malformed: MalformedBlock[] = [];
    let hasQuoted = false;
    let position = 0;
    for (const { name, start, isQuoted } of this.#tags) {
      if (start < position) continue;
      if (isQuoted) {
        hasQuoted ||= readOpeningTag(this.#text, start + 1 + name.length) !== undefined;
        continue;
      }
      if (blocks.length + malformed.length === limit) return { blocks, malformed, hasQuoted, isTruncated: true };
      const scan = this.#block(name, start);
      if (scan.kind === 'block') {
        blocks.push(scan.block);
        position = scan.block.end;
      } else if (startsLine(this.#text, start)) {
        const end = endOfLine(this.#text, start);
        malformed.push({ name, reason: scan.reason, start, end });
        position = end;
      }
    }
    return { blocks, malformed, hasQuoted, isTruncated: false };
  }

  #block(name: BlockName, start: number): Scan {
    const tag = readOpeningTag(this.#text, start + 1 + name.length);
    if (tag === undefined) return { kind: 'malformed', reason: `\`<${name}\` is not a complete tag.` };
    const { attributes } = tag;
    const block = (body: string | undefined, end: number): Scan => ({
      kind: 'block',
      block: { name, attributes, body, bodyStart: tag.end, start, end },
    });
    if (tag.isSelfClosed) return block(undefined, tag.end);
    const closing = this.#closingTag(name, tag.end);
    if (closing !== undefined) return block(this.#text.slice(tag.end, closing.start), closing.end);
    if (!bodyBlocks.has(name)) {
      if (attributes.size > 0) return block(undefined, tag.end);
      return { kind: 'malformed', reason: `\`<${name}>\` does not say what to ${name}.` };
    }
    // The words of a `<done>` that is never closed are only words; a command or a question may be cut short.
    if (name === 'done' && startsLine(this.#text, start)) {
      const end = this.#endOfDone(tag.end);
      return block(this.#text.slice(tag.end, end), end);
    }
    return { kind: 'malformed', reason: `\`<${name}>\` has no \`</${name}>\`.` };
  }

  /** The tag that closes a block whose opening tag ends at `from`; one that has no text of its own is closed at once. */
  #closingTag(name: BlockName, from: number): TextRange | undefined {
    const closing = firstFrom(this.#closingTags.get(name) ?? [], from);
    if (closing === undefined || bodyBlocks.has(name)) return closing;
    return this.#text.indexOf('<', from) === closing.start ? closing : undefined;
  }

  /** An unclosed `<done>` ends where code, an edit or another block starts. */
  #endOfDone(from: number): number {
    const quoted = firstFrom(this.#quoted, from)?.start ?? this.#text.length;
    const tag = firstFrom(this.#tags, from);
    return tag === undefined ? quoted : Math.min(quoted, tag.start);
  }
}

/** The first of `items` (sorted) that starts at `position` or after it. */
function firstFrom<T extends { readonly start: number }>(items: readonly T[], position: number): T | undefined {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle]?.start ?? 0) < position) low = middle + 1;
    else high = middle;
  }
  return items[low];
}

/** Whether nothing but white space and the sign of a list stands before `position` on its line. */
function startsLine(text: string, position: number): boolean {
  const before = text.slice(Math.max(0, position - 100), position);
  return /(?:^|\n)[ \t]*(?:(?:[-*>]|\d{1,3}[.)])[ \t]+)?$/.test(before) && (before.includes('\n') || position <= 100);
}

function endOfLine(text: string, position: number): number {
  const end = text.indexOf('\n', position);
  return end === -1 ? text.length : end;
}
