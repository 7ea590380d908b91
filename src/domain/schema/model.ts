import { z } from 'zod';

/** What a model is asked to be in one call. Analyzer, coder and sdet share the executor's settings. */
export const modelRoleSchema = z.enum(['planner', 'analyzer', 'coder', 'sdet', 'judge']);
export type ModelRole = z.infer<typeof modelRoleSchema>;

/** The roles that are configured apart. */
export const configuredRoleSchema = z.enum(['planner', 'executor', 'judge']);
export type ConfiguredRole = z.infer<typeof configuredRoleSchema>;

/** Whose settings serve a role. */
export function configuredRoleOf(role: ModelRole): ConfiguredRole {
  return role === 'planner' || role === 'judge' ? role : 'executor';
}

/** Which model serves a role, and how it is asked. */
export const modelSettingsSchema = z.strictObject({
  /** Name of a registered provider, such as `ollama` or `openai`. */
  provider: z.string().min(1),
  /** The model's name as its provider knows it. */
  model: z.string().min(1),
  temperature: z.number().min(0).max(1),
  maxOutputTokens: z.int().positive(),
});
export type ModelSettings = z.infer<typeof modelSettingsSchema>;

/** Tokens of one or more calls, as the server counted them. */
export const tokenUsageSchema = z.strictObject({
  /** Everything that was sent, the cached part included. */
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  /** The part of `inputTokens` that the provider served from its own prompt cache. */
  cachedInputTokens: z.int().nonnegative(),
});
export type TokenUsage = z.infer<typeof tokenUsageSchema>;

/** Why an answer ended: the model was done, it reached the token limit, or it (or a filter before it) refused. */
export const finishReasonSchema = z.enum(['stop', 'length', 'refusal']);
export type FinishReason = z.infer<typeof finishReasonSchema>;

/** One message of a conversation with a model. */
export const modelMessageSchema = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string(),
});
export type ModelMessage = Readonly<z.infer<typeof modelMessageSchema>>;
