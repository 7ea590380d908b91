/** The opening tag of a block: `<read path="src/a.ts" lines="1-80"/>`. */
export interface OpeningTag {
  /** Names in lower case, values with their entities decoded; the first of two attributes of one name counts. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly isSelfClosed: boolean;
  /** Where the text after `>` starts. */
  readonly end: number;
}

const maximumTagLength = 4_000;
const attributePattern = /\s*([a-zA-Z_][\w-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|“([^”]*)”|([^\s"'<>]*[^\s"'<>/]|)))?/y;
const tagEndPattern = /\s*(\/?)>/y;

/**
 * Reads the attributes of a tag whose name ends at `start`, in double, single, typographic or no quotes. Undefined when
 * what stands there is no tag: it never ends, or holds something that is not an attribute.
 */
export function readOpeningTag(text: string, start: number): OpeningTag | undefined {
  const tag = text.slice(start, start + maximumTagLength);
  const attributes = new Map<string, string>();
  let position = 0;
  for (;;) {
    tagEndPattern.lastIndex = position;
    const end = tagEndPattern.exec(tag);
    if (end !== null) return { attributes, isSelfClosed: end[1] === '/', end: start + tagEndPattern.lastIndex };
    attributePattern.lastIndex = position;
    const attribute = attributePattern.exec(tag);
    // Attributes are separated by white space, and the name of the tag ends with it.
    if (attribute === null || !/^\s/.test(attribute[0])) return undefined;
    const key = (attribute[1] ?? '').toLowerCase();
    const value = attribute[2] ?? attribute[3] ?? attribute[4] ?? attribute[5] ?? '';
    if (!attributes.has(key)) attributes.set(key, decodeEntities(value));
    position = attributePattern.lastIndex;
  }
}

const namedEntities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Decodes the entities that models write in attributes; what is none stays as it is. */
export function decodeEntities(text: string): string {
  return text.replaceAll(/&(?:([a-z]+)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi, (entity, name, decimal, hexadecimal) => {
    if (typeof name === 'string') return namedEntities[name.toLowerCase()] ?? entity;
    const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hexadecimal), 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity;
  });
}

/** Lines of a file, 1-based and inclusive; without `end`: to the end of the file. */
export interface LineRange {
  readonly start: number;
  readonly end?: number;
}

/** Reads `1-80`, `12`, `12-`, `-80`, `L1-L80`, `1:80` or `1..80`; undefined when it is none of them, or runs backwards. */
export function parseLineRange(text: string): LineRange | undefined {
  const match = /^L?(\d{1,7})?\s*(?:(-|–|:|,|\.\.|to)\s*L?(\d{1,7})?)?$/i.exec(text.trim());
  if (match === null) return undefined;
  const [, first, separator, last] = match;
  if (first === undefined && last === undefined) return undefined;
  const start = Math.max(1, Number(first ?? 1));
  if (separator !== undefined && last === undefined) return { start };
  const end = separator === undefined ? start : Number(last);
  return end < start ? undefined : { start, end };
}
