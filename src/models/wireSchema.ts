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
  const entries = Object.entries(schema).filter(([keyword]) => plainKeywords.has(keyword));
  return Object.fromEntries(entries.map(([keyword, value]) => [keyword, simplify(keyword, value)]));
}

function simplify(keyword: string, value: unknown): unknown {
  // What stands under these two are names chosen by the author of the schema, not keywords.
  if ((keyword === 'properties' || keyword === '$defs') && isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, schema]) => [name, isRecord(schema) ? toWireSchema(schema) : schema]),
    );
  }
  if (keyword === 'anyOf' && Array.isArray(value)) {
    return value.map((schema: unknown) => (isRecord(schema) ? toWireSchema(schema) : schema));
  }
  if ((keyword === 'items' || keyword === 'additionalProperties') && isRecord(value)) return toWireSchema(value);
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
