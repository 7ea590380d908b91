import { z } from 'zod';

export const runIdSchema = z.string().min(1).brand<'RunId'>();
export type RunId = z.infer<typeof runIdSchema>;

export const itemIdSchema = z.string().trim().min(1, 'must not be empty').max(100).brand<'ItemId'>();
export type ItemId = z.infer<typeof itemIdSchema>;
