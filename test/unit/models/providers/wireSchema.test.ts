import assert from 'node:assert/strict';
import { z } from 'zod';
import { toClosedWireSchema, toWireSchema } from '../../../../src/models/providers/wireSchema.ts';

describe('toWireSchema', () => {
  it('keeps structure and drops everything else, at every depth', () => {
    const schema = z.toJSONSchema(
      z.object({
        pattern: z.string().min(1).max(5).describe('a name'),
        items: z.array(z.object({ kind: z.enum(['a', 'b']), size: z.int().positive().default(3) })).min(1),
        either: z.union([z.string().regex(/x/), z.null()]),
        byName: z.record(z.string(), z.string().min(3)),
      }),
      { io: 'input' },
    );
    assert.deepEqual(toWireSchema(schema), {
      type: 'object',
      properties: {
        pattern: { type: 'string', description: 'a name' },
        items: {
          type: 'array',
          items: {
            type: 'object',
            properties: { kind: { type: 'string', enum: ['a', 'b'] }, size: { type: 'integer' } },
            required: ['kind'],
          },
        },
        either: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        byName: { type: 'object', additionalProperties: { type: 'string' } },
      },
      required: ['pattern', 'items', 'either', 'byName'],
    });
  });

  it('keeps recursive schemas', () => {
    interface Tree {
      name: string;
      children: Tree[];
    }
    const tree: z.ZodType<Tree> = z.lazy(() => z.object({ name: z.string().min(1), children: z.array(tree) }));
    const text = JSON.stringify(toWireSchema(z.toJSONSchema(z.object({ tree }))));
    assert.match(text, /\$defs/);
    assert.match(text, /\$ref/);
    assert.doesNotMatch(text, /minLength/);
  });
});

describe('toClosedWireSchema', () => {
  it('closes every object that has properties, and takes a property called `properties` for what it is', () => {
    const inner = z.object({ properties: z.object({ a: z.string() }), byName: z.record(z.string(), z.string()) });
    const schema = z.toJSONSchema(z.object({ list: z.array(inner) }), { io: 'input' });
    const closed = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    };
    const byName = { type: 'object', additionalProperties: { type: 'string' } };
    assert.deepEqual(toClosedWireSchema(schema), {
      type: 'object',
      properties: {
        list: {
          type: 'array',
          items: {
            type: 'object',
            properties: { properties: closed, byName },
            required: ['properties', 'byName'],
            additionalProperties: false,
          },
        },
      },
      required: ['list'],
      additionalProperties: false,
    });
  });
});
