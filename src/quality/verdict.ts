import { z } from 'zod';
import type { ResponseSchema } from '../models/modelClient.ts';

/** The judge's answer as it is asked for; providers that can enforce a shape are given this one. */
const strictVerdictSchema = z.strictObject({
  completeness: z.number().min(0).max(1),
  correctness: z.number().min(0).max(1),
  feedback: z.array(z.string()),
  items_at_fault: z.array(z.string()),
});

export const verdictResponseSchema: ResponseSchema = {
  name: 'judge_answer',
  schema: z.toJSONSchema(strictVerdictSchema),
};

/** Beyond 1 a number is read as one that was rounded up, or as per cent; between the two it means nothing. */
const slack = 1.05;
const leastPercent = 10;

/** A share of 1, also written as text, as `95` or as `"95 %"`. */
const share = z.union([z.number(), z.string()]).transform((input, context) => {
  const value = typeof input === 'number' ? input : Number(input.trim().replace(/\s*%$/, '') || Number.NaN);
  if (value >= 0 && value <= slack && !(typeof input === 'string' && input.includes('%'))) return Math.min(value, 1);
  if (value >= leastPercent && value <= 100) return value / 100;
  context.addIssue({ code: 'custom', message: 'must be a number from 0 to 1' });
  return z.NEVER;
});

/** A list of texts; models also write a single one, none at all, or objects with the text inside. */
const texts = z
  .union([z.array(z.unknown()), z.string(), z.null()])
  .optional()
  .transform(input => {
    const entries = Array.isArray(input) ? input : [input ?? ''];
    return entries.map(textOf).filter(text => text !== '');
  });

function textOf(entry: unknown): string {
  if (typeof entry === 'string') return entry.trim();
  if (typeof entry === 'number') return String(entry);
  if (entry === null || typeof entry !== 'object') return '';
  return Object.values(entry)
    .filter(value => typeof value === 'string')
    .join(': ');
}

/** The judge's answer as it is understood. What it says more than was asked for is left out. */
export const verdictSchema = z.object({
  completeness: share,
  correctness: share,
  feedback: texts,
  items_at_fault: texts,
});
export type Verdict = z.infer<typeof verdictSchema>;
