/** Keywords that every server's grammar understands; the rest (lengths, patterns, ranges) is checked by us afterwards. */
const plainKeywords = new Set([
  'type',
  'properties',
  'required',
  'items',
  'enum',
  'const',
  'anyOf',
  'additionalProperties',
  'description',
  '$defs',
  '$ref',
]);

/** Reduces a JSON Schema to the keywords that servers agree on; some refuse the whole call for one that they don't know. */
export function toWireSchema(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return reduceSchema(schema, false);
}

/** `toWireSchema` for servers that take an object only if it says that it has no other properties than its own. */
export function toClosedWireSchema(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return reduceSchema(schema, true);
}

function reduceSchema(schema: Readonly<Record<string, unknown>>, isClosed: boolean): Record<string, unknown> {
  const entries = Object.entries(schema).filter(([keyword]) => plainKeywords.has(keyword));
  const reduced = Object.fromEntries(entries.map(([keyword, value]) => [keyword, simplify(keyword, value, isClosed)]));
  const isOpenObject = isRecord(schema['properties']) && schema['additionalProperties'] === undefined;
  return isClosed && isOpenObject ? { ...reduced, additionalProperties: false } : reduced;
}

function simplify(keyword: string, value: unknown, isClosed: boolean): unknown {
  const reduce = (inner: unknown) => (isRecord(inner) ? reduceSchema(inner, isClosed) : inner);
  // What stands under these two are names chosen by the author of the schema, not keywords.
  if ((keyword === 'properties' || keyword === '$defs') && isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, reduce(inner)]));
  }
  if (keyword === 'anyOf' && Array.isArray(value)) return value.map(reduce);
  return keyword === 'items' || keyword === 'additionalProperties' ? reduce(value) : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
