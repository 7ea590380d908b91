// The contract of this folder: every setting there is, with what it may be. Nothing else says it a second time.
import { z } from 'zod';
import type { ConfiguredRole } from '../domain/schema/model.ts';
import {
  modelSettingsSchema,
  ownPricesSchema,
  providerNameSchema,
  serverHostSchema,
  serverUrlSchema,
} from '../domain/schema/model.ts';
import { safetySettingsSchema } from '../domain/schema/safety.ts';

/** What people need to know about one setting; kept beside its schema. */
const settingNotesSchema = z.object({
  description: z.string(),
  /** The values it takes, as the end of "allowed: …". */
  allowed: z.string(),
  /** Variables that set it; the first that is set and not empty wins. */
  environment: z.array(z.string()),
  /** For the default that is no fixed value. */
  defaultText: z.string().optional(),
});
type SettingNotes = z.infer<typeof settingNotesSchema>;

function setting<S extends z.ZodType>(
  schema: S,
  notes: Omit<SettingNotes, 'environment'> & { readonly environment?: string[] },
): S {
  return schema.meta({ environment: [], ...notes });
}

/** The providers that come with Trellis, wherever it runs. */
export const builtInProviders = ['ollama', 'openai', 'anthropic', 'scripted'] as const;

/** The provider of the models that the editor has. */
export const editorProvider = 'vscode';

function roleSchema(role: ConfiguredRole, work: string) {
  const variable = (name: string) => [`TRELLIS_${role.toUpperCase()}_${name}`];
  const { model, temperature, maxOutputTokens } = modelSettingsSchema.shape;
  const likePlanner = role === 'judge' ? { defaultText: "the planner's" } : {};
  return z.strictObject({
    provider: setting(providerNameSchema, {
      description: `Who serves the model that ${work}.`,
      allowed: `${builtInProviders.join(', ')}; in VS Code also ${editorProvider}, or one that another extension brings`,
      environment: variable('PROVIDER'),
      ...likePlanner,
    }),
    model: setting(model, {
      description: 'Its name, as the provider knows it.',
      allowed: 'the name of a model',
      environment: variable('MODEL'),
      ...likePlanner,
    }),
    temperature: setting(temperature, {
      description: 'How freely it answers: 0 is the most predictable.',
      allowed: 'a number from 0 to 1',
      environment: variable('TEMPERATURE'),
    }),
    maxOutputTokens: setting(maxOutputTokens, {
      description: 'The longest answer it may give.',
      allowed: 'a whole number over 0',
      environment: variable('MAX_OUTPUT_TOKENS'),
    }),
  });
}

const milliseconds = z.int().min(1).max(86_400_000);
const positive = z.int().min(1);

function limit(description: string, allowed = 'a whole number over 0') {
  return setting(positive.optional(), { description, allowed, defaultText: "the sandbox's" });
}

const cassetteFile = z.string().trim().min(1).optional();
const cents = z.number().min(0.01);

function spendingLimit(description: string, amount: z.ZodNumber, variable: string) {
  const allowed = amount === positive ? 'a whole number over 0' : 'a number from 0.01';
  const environment = [`TRELLIS_BUDGET_${variable}`];
  return setting(amount.optional(), { description, allowed, environment, defaultText: 'no limit' });
}

export const configurationSchema = z.strictObject({
  planner: roleSchema('planner', 'plans'),
  executor: roleSchema('executor', 'writes code and tests'),
  judge: roleSchema('judge', 'judges the result'),
  quality: z.strictObject({
    threshold: setting(z.number().min(0).max(1), {
      description: 'The overall score from which a result passes.',
      allowed: 'a number from 0 to 1',
    }),
    iterations: setting(z.int().min(0).max(3), {
      description: 'How often items at fault run again, with the feedback, when the score is too low.',
      allowed: 'a whole number from 0 to 3',
    }),
  }),
  workers: setting(z.int().min(1).max(32), {
    description: 'Items that are worked on at the same time.',
    allowed: 'a whole number from 1 to 32',
  }),
  agents: z.strictObject({
    maxTurns: setting(z.int().min(1).max(100), {
      description: 'Answers an agent may take for one item.',
      allowed: 'a whole number from 1 to 100',
    }),
  }),
  autoApprove: setting(z.boolean(), {
    description: 'Start on the plan without asking. The changes are still reviewed before they are applied.',
    allowed: 'true or false',
  }),
  testCommand: setting(z.string().trim().min(1).max(1000).optional(), {
    description: "The command that runs the project's tests.",
    allowed: 'a command, such as npm test',
    defaultText: 'found by itself',
  }),
  git: z.strictObject({
    branch: setting(z.string().trim().min(1).max(200).refine(isBranchName), {
      description:
        'The branch that gets a commit for each item of an accepted change, beside your own work; `<run>` stands for the id of the run.',
      allowed: 'off, or the name of a branch, such as trellis/<run>',
    }),
  }),
  openai: z.strictObject({
    baseUrl: setting(serverUrlSchema, {
      description: 'Where the API of the provider `openai` begins; any server that speaks the protocol will do.',
      allowed: 'an http or https address without a user name and password, such as https://api.openai.com/v1',
      environment: ['TRELLIS_OPENAI_BASE_URL'],
    }),
    streaming: setting(z.boolean(), {
      description: 'Receive answers as they are written; false for a server that cannot.',
      allowed: 'true or false',
    }),
  }),
  anthropic: z.strictObject({
    baseUrl: setting(serverUrlSchema, {
      description: 'Where the API of the provider `anthropic` begins.',
      allowed: 'an http or https address without a user name and password, such as https://api.anthropic.com',
      environment: ['TRELLIS_ANTHROPIC_BASE_URL'],
    }),
  }),
  ollama: z.strictObject({
    host: setting(serverHostSchema, {
      description: 'The Ollama server; scheme and port may be left out.',
      allowed: 'an address without a user name and password, such as 127.0.0.1:11434',
      environment: ['TRELLIS_OLLAMA_HOST', 'OLLAMA_HOST'],
    }),
    contextLength: setting(z.int().min(512).max(10_000_000), {
      description: 'Tokens of prompt and answer together that the model is loaded with.',
      allowed: 'a whole number from 512 to 10000000',
    }),
  }),
  scripted: z.strictObject({
    file: setting(z.string().trim().min(1).optional(), {
      description:
        'The file that the provider `scripted` answers from, relative to the workspace; for demonstrations and tests.',
      allowed: 'the path of a YAML or JSON file',
      environment: ['TRELLIS_SCRIPTED_FILE'],
      defaultText: 'none',
    }),
  }),
  cassette: z.strictObject({
    record: setting(cassetteFile, {
      description:
        'The file to which every call of a model is recorded with its answer; never from a file that lies in the workspace.',
      allowed: 'the path of a file that is not there yet, or of a cassette, which is replaced',
      defaultText: 'none',
    }),
    replay: setting(cassetteFile, {
      description: 'The file that answers every call of a model, so that none is made.',
      allowed: 'the path of a cassette',
      defaultText: 'none',
    }),
  }),
  models: z.strictObject({
    firstByteTimeoutMs: setting(milliseconds, {
      description:
        'How long a server may take to begin its answer, in milliseconds; a local model is loaded in this time.',
      allowed: 'a whole number from 1 to 86400000',
    }),
    idleTimeoutMs: setting(milliseconds, {
      description: 'How long a server may pause within its answer, in milliseconds.',
      allowed: 'a whole number from 1 to 86400000',
    }),
    maxRetries: setting(z.int().min(0).max(10), {
      description: 'How often a call that failed for a passing reason is made again.',
      allowed: 'a whole number from 0 to 10',
    }),
    reuseAnswers: setting(z.boolean(), {
      description:
        'Answer a call that was made before, and take over an item that was carried out before on the same inputs, from any run of this workspace.',
      allowed: 'true or false',
    }),
    prices: setting(ownPricesSchema.optional(), {
      description:
        'What models cost, by provider/model, in US dollars per million tokens; goes before the prices that Trellis knows.',
      allowed: 'such as { openai/my-model: { input: 2, output: 8, cachedInput: 0.5 } }',
      defaultText: 'the published prices',
    }),
  }),
  budget: z.strictObject({
    runTokens: spendingLimit(
      'Tokens that one run may take, input and output together, before it asks.',
      positive,
      'RUN_TOKENS',
    ),
    runUsd: spendingLimit('US dollars that one run may spend before it asks.', cents, 'RUN_USD'),
    dayTokens: spendingLimit(
      'Tokens that all runs of a day in this workspace may take together.',
      positive,
      'DAY_TOKENS',
    ),
    dayUsd: spendingLimit('US dollars that all runs of a day in this workspace may spend together.', cents, 'DAY_USD'),
  }),
  safety: z.strictObject({
    credentials: setting(safetySettingsSchema.shape.credentials, {
      description: 'What is done about a credential in a text for a model: it is masked, or the call is stopped.',
      allowed: 'mask or stop',
    }),
    personalData: setting(safetySettingsSchema.shape.personalData, {
      description: 'What is done about personal data in a text for a model: it is reported, masked, or not looked for.',
      allowed: 'report, mask or off',
    }),
  }),
  sandbox: z.strictObject({
    wallTimeMs: limit('Time by the clock for one command, in milliseconds.'),
    cpuTimeMs: limit('Processor time of each process, in milliseconds.'),
    memoryBytes: limit('Memory of each process, in bytes.'),
    processes: limit('Processes and threads at one time.'),
    fileSizeBytes: limit('Size of any one file that is written, in bytes.'),
    openFiles: limit('Open files of each process.'),
    outputBytes: limit('What one command may print, in bytes.'),
    diskBytes: limit('Everything that is written in one private copy of the project, in bytes.'),
  }),
});

/** All settings of a start, complete and checked. Keys for servers are not among them. */
export type Configuration = z.infer<typeof configurationSchema>;

const defaultModel = { provider: 'ollama', model: 'qwen2.5-coder:7b' } as const;

/** Keys for model servers; from the environment or an editor's secret storage, never from a file. */
export interface Secrets {
  readonly openaiApiKey?: string;
  readonly anthropicApiKey?: string;
  /** The package of `ollama` sends it by itself, to its maker's server alone; it is here to be kept out of texts and logs. */
  readonly ollamaApiKey?: string;
}

/** What holds where nothing is set; the judge's provider and model are the planner's unless set. */
export const defaultConfiguration: Configuration = {
  planner: { ...defaultModel, temperature: 0.3, maxOutputTokens: 2048 },
  executor: { ...defaultModel, temperature: 0.1, maxOutputTokens: 4096 },
  judge: { ...defaultModel, temperature: 0, maxOutputTokens: 1024 },
  quality: { threshold: 0.75, iterations: 1 },
  workers: 3,
  agents: { maxTurns: 20 },
  autoApprove: false,
  git: { branch: 'off' },
  openai: { baseUrl: 'https://api.openai.com/v1', streaming: true },
  anthropic: { baseUrl: 'https://api.anthropic.com' },
  ollama: { host: '127.0.0.1:11434', contextLength: 16_384 },
  scripted: {},
  cassette: {},
  models: { firstByteTimeoutMs: 240_000, idleTimeoutMs: 120_000, maxRetries: 3, reuseAnswers: true },
  budget: {},
  safety: { credentials: 'mask', personalData: 'report' },
  sandbox: {},
};

/** One setting of the schema. */
export interface Setting extends Readonly<SettingNotes> {
  /** Such as `planner.model`. */
  readonly key: string;
  readonly schema: z.ZodType;
}

/** Every setting, in the order of the schema. */
export function listSettings(): readonly Setting[] {
  return settingsIn(configurationSchema, '');
}

function settingsIn(group: z.ZodObject, prefix: string): Setting[] {
  return Object.entries(group.shape).flatMap(([name, schema]) => {
    const key = `${prefix}${name}`;
    if (schema instanceof z.ZodObject) return settingsIn(schema, `${key}.`);
    if (!(schema instanceof z.ZodType)) throw new Error(`The setting ${key} has no schema.`);
    return [{ key, schema, ...settingNotesSchema.parse(schema.meta()) }];
  });
}

/** What git takes (git-check-ref-format), once the run is put in. Git has the last word when the branch is made. */
function isBranchName(text: string): boolean {
  const name = text.replaceAll('<run>', 'run_1');
  return (
    !/[\u0000-\u0020\u007f~^:?*[\\<>]|\.\.|@\{|\/\/|\.lock(?:\/|$)|(?:^|\/)\.|^[-/]|[/.]$/.test(name) && name !== 'HEAD'
  );
}
