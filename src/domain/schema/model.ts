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

/** How a provider of models may be called. */
export const providerNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,49}$/, 'must be lower-case letters, digits and -, with a letter first');

/** Which model serves a role, and how it is asked. */
export const modelSettingsSchema = z.strictObject({
  /** Name of a registered provider, such as `ollama`, `openai` or `anthropic`. */
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
  /** The part of `inputTokens` that the provider stored in its prompt cache, where that has a price of its own. */
  cacheWriteTokens: z.int().nonnegative().optional(),
});
export type TokenUsage = z.infer<typeof tokenUsageSchema>;

/** Why an answer ended: the model was done, it reached the token limit, or it (or a filter before it) refused. */
export const finishReasonSchema = z.enum(['stop', 'length', 'refusal']);
export type FinishReason = z.infer<typeof finishReasonSchema>;

/** What was done to an answer before it was JSON of the right shape. */
export const jsonRepairSchema = z.enum(['surroundingTextRemoved', 'syntaxRepaired', 'endClosed']);
export type JsonRepair = z.infer<typeof jsonRepairSchema>;

/** One message of a conversation with a model. */
export const modelMessageSchema = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string(),
});
export type ModelMessage = Readonly<z.infer<typeof modelMessageSchema>>;

/** No call can be made to an address with a name and a password in it, and they would stand in every message. */
function hasNoCredentials(address: string): boolean {
  if (!URL.canParse(address)) return true;
  const { username, password } = new URL(address);
  return username === '' && password === '';
}

/** Where the API of a server begins. */
export const serverUrlSchema = z
  .url({ protocol: /^https?$/ })
  .refine(hasNoCredentials, 'must not hold a user name or a password; a key is set apart');

/** A server that speaks the OpenAI Chat Completions protocol. */
export const openaiSettingsSchema = z.strictObject({
  /** Where the API begins, usually ending in `/v1`. */
  baseUrl: serverUrlSchema.default('https://api.openai.com/v1'),
  /** From the environment or the editor's secret storage; never from a file. Local servers need none. */
  apiKey: z.string().min(1).optional(),
  /** False for a server or gateway that cannot stream. */
  streaming: z.boolean().default(true),
});
export type OpenaiSettings = z.infer<typeof openaiSettingsSchema>;

/** A server that speaks the Anthropic Messages protocol. */
export const anthropicSettingsSchema = z.strictObject({
  /** Where the API begins, with or without `/v1`. */
  baseUrl: serverUrlSchema.default('https://api.anthropic.com'),
  /** From the environment or the editor's secret storage; never from a file. */
  apiKey: z.string().min(1).optional(),
});
export type AnthropicSettings = z.infer<typeof anthropicSettingsSchema>;

function isHost(host: string): boolean {
  const url = host.includes('://') ? host : `http://${host.startsWith(':') ? 'localhost' : ''}${host}`;
  return serverUrlSchema.safeParse(url).success && !/\s/.test(host);
}

/** An address as `OLLAMA_HOST` has it: scheme and port may be left out. */
export const serverHostSchema = z.string().refine(isHost, 'must be an address such as 127.0.0.1:11434 or https://host');

/** An Ollama server. */
export const ollamaSettingsSchema = z.strictObject({
  host: serverHostSchema.default('127.0.0.1:11434'),
  /** Tokens of prompt and answer together (`num_ctx`), as far as the model itself can take so many. */
  contextLength: z.int().min(512).default(16_384),
});
export type OllamaSettings = z.infer<typeof ollamaSettingsSchema>;

/** Answers from a file instead of a model. */
export interface ScriptedSettings {
  /** Path of the script, YAML or JSON. */
  readonly file?: string | undefined;
}

/** A file that calls are recorded to, or answered from instead of being made. */
export interface CassetteSettings {
  readonly record?: string | undefined;
  readonly replay?: string | undefined;
}

const dollarsPerMillion = z.number().min(0);

/** What a model costs by the user's own word, in US dollars per million tokens. */
export const ownPriceSchema = z.strictObject({
  input: dollarsPerMillion,
  output: dollarsPerMillion,
  /** Read from the provider's prompt cache; as `input`, when missing. */
  cachedInput: dollarsPerMillion.optional(),
  /** Written to it; as `input`, when missing. */
  cacheWrite: dollarsPerMillion.optional(),
});

/** By provider and model, such as `openai/gpt-4.1`. */
export const ownPricesSchema = z.record(z.string().regex(/^[^/]+\/.+$/, 'must be provider/model'), ownPriceSchema);
export type OwnPrices = Readonly<z.infer<typeof ownPricesSchema>>;

/** How long a server may take, and how much it may say. */
export const modelLimitsSchema = z.strictObject({
  /** Until the first byte of an answer. A local model is loaded and reads the whole prompt in this time. */
  firstByteTimeoutMs: z.int().positive().default(240_000),
  /** Between two pieces of an answer. */
  idleTimeoutMs: z.int().positive().default(120_000),
  /** Of one answer; a longer one is an error. */
  maxAnswerCharacters: z.int().positive().default(1_000_000),
  /** After the first try. */
  maxRetries: z.int().min(0).max(10).default(3),
});
export type ModelLimits = z.infer<typeof modelLimitsSchema>;
