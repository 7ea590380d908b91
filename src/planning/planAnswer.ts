import { z } from 'zod';
import type { AgentMode, Priority } from '../domain/schema/plan.ts';

/** What models call the modes besides their names. */
const modeByName: Readonly<Record<string, AgentMode>> = {
  analyzer: 'analyzer',
  analyser: 'analyzer',
  analyze: 'analyzer',
  analyse: 'analyzer',
  analysis: 'analyzer',
  coder: 'coder',
  code: 'coder',
  coding: 'coder',
  developer: 'coder',
  implement: 'coder',
  sdet: 'sdet',
  test: 'sdet',
  tests: 'sdet',
  tester: 'sdet',
  testing: 'sdet',
};

/** An object of which `null` fields, as many models write what they leave out, count as absent. */
function lenientObject<T extends z.ZodRawShape>(shape: T) {
  return z.preprocess(dropNulls, z.object(shape));
}

function dropNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}

const text = z.string().trim();
const someText = text.min(1, 'must not be empty');
const idText = z.preprocess(value => (typeof value === 'number' ? String(value) : value), someText);

/** A list, or its only member in place of it. */
function listOf<T extends z.ZodType>(member: T) {
  return z.preprocess(
    value => (typeof value === 'string' || typeof value === 'number' ? [value] : value),
    z.array(member),
  );
}

const modeText = text.transform((name, context): AgentMode => {
  const key = name.toLowerCase();
  const mode = Object.hasOwn(modeByName, key) ? modeByName[key] : undefined;
  if (mode !== undefined) return mode;
  context.addIssue({ code: 'custom', message: `must be "coder", "sdet" or "analyzer", not ${JSON.stringify(name)}` });
  return z.NEVER;
});

const priorityText = text.transform((name): Priority => {
  const key = name.toLowerCase();
  return key === 'high' || key === 'low' ? key : 'normal';
});

const itemAnswerSchema = lenientObject({
  id: idText,
  file_path: someText,
  description: someText,
  mode: modeText,
  language: text.toLowerCase().optional().catch(undefined),
  /** Held against the real files; anything but these two counts as not said. */
  file_status: z.enum(['new', 'existing']).optional().catch(undefined),
  dependencies: listOf(idText).optional(),
  context: text.optional().catch(undefined),
  acceptance: listOf(text).optional().catch(undefined),
  priority: priorityText.optional().catch(undefined),
});
export type ItemAnswer = z.infer<typeof itemAnswerSchema>;

const questionAnswerSchema = z.preprocess(
  value => (typeof value === 'string' ? { question: value } : value),
  lenientObject({ question: someText, options: listOf(text).optional().catch(undefined) }),
);

/**
 * What the planner's answer must have and may have. Unknown keys are ignored, and so is what stands wrongly in a field
 * that nothing hangs on: it is not worth asking again.
 */
export const planAnswerSchema = lenientObject({
  summary: text.optional().catch(undefined),
  questions: listOf(questionAnswerSchema).optional(),
  work_items: z.array(itemAnswerSchema).optional(),
}).superRefine((answer, context) => {
  if (answer.work_items !== undefined || (answer.questions ?? []).length > 0) return;
  context.addIssue({ code: 'custom', path: ['work_items'], message: 'is missing' });
});
export type PlanAnswer = z.infer<typeof planAnswerSchema>;

const string = { type: 'string' } as const;
const strings = { type: 'array', items: string } as const;

/** The same shape for servers that force it on the model, without what is only tolerated. */
export const planResponseSchema = {
  name: 'plan',
  schema: {
    type: 'object',
    properties: {
      summary: string,
      questions: {
        type: 'array',
        items: { type: 'object', properties: { question: string, options: strings }, required: ['question'] },
      },
      work_items: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            id: string,
            file_path: string,
            mode: { type: 'string', enum: ['analyzer', 'coder', 'sdet'] },
            description: string,
            dependencies: strings,
            acceptance: strings,
            context: string,
            priority: string,
          },
          required: ['id', 'file_path', 'mode', 'description'],
        },
      },
    },
    required: ['work_items'],
  },
} as const;
