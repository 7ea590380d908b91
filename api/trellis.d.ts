// What the extension `trellis.trellis` gives to other extensions. Copy this file, or import types from it; it has no code.
// Trellis itself is compiled against it. Within a version things are added and never changed.

/** What `activate` of Trellis returns: `vscode.extensions.getExtension<TrellisExports>('trellis.trellis')`. */
export interface TrellisExports {
  /** The newest version there is. */
  readonly apiVersion: 1;
  /** @throws Error for a version that this Trellis does not have; the message names those that it has. */
  getApi(version: 1): TrellisApi;
}

/**
 * Everything registered here runs for the user, with the user's rights, and is held at arm's length: what throws, takes too
 * long, ignores its `signal` or returns something of another shape fails its own call, with its name in the message.
 * What is registered counts from the next run on. Every `register…` throws an error that says what is wrong with its argument.
 */
export interface TrellisApi {
  registerProvider(provider: ModelProvider): Registration;
  registerMiddleware(middleware: Middleware): Registration;
  registerAgent(agent: AgentPlugin): Registration;
}

/** Ends the registration. A run under way keeps what it has. */
export interface Registration {
  dispose(): void;
}

/** Handed to everything that takes time. It is aborted when the run is cancelled, and when the time allowed is over. */
export interface CallOptions {
  readonly signal: AbortSignal;
}

// Providers of models

export interface ModelProvider {
  /** What the settings `planner.provider` and the like say: lower-case letters, digits and `-`, a letter first. */
  readonly name: string;
  /** Makes the model that the settings call `model`. Cheap: nothing is loaded or asked before `initialize`. */
  createModel(model: string): ProvidedModel;
}

/** One model. Calls may run at the same time. */
export interface ProvidedModel {
  /** `free` for a model on this machine; `unknown`, when missing: the budget then counts the dearest price that it knows. */
  readonly billing?: 'free' | 'unknown';
  /** Read before each call, so that they may change. */
  readonly capabilities?: ModelCapabilities;
  /** Called once before the first call; again at the next if it failed. */
  initialize?(options: CallOptions): void | Promise<void>;
  /** The whole answer at once. */
  generate(request: GenerateRequest, options: CallOptions): Generation | Promise<Generation>;
  /** The answer as it is made: texts, then one end. Called in place of `generate` where it is there. */
  stream?(request: GenerateRequest, options: CallOptions): AsyncIterable<StreamPart>;
  /** Called once at the end, if `initialize` was called. */
  dispose?(): void | Promise<void>;
}

export interface ModelCapabilities {
  /** Whether `request.responseSchema` is kept. When it is not, Trellis reads and mends the answer all the same. */
  readonly structuredOutput?: boolean;
  /** Tokens of prompt and answer together. */
  readonly contextLength?: number;
}

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export type ModelRole = 'planner' | 'analyzer' | 'coder' | 'sdet' | 'judge';

export interface GenerateRequest {
  /** What the model is asked to be. */
  readonly role?: ModelRole;
  readonly messages: readonly Message[];
  /** From 0 to 1. */
  readonly temperature: number;
  readonly maxOutputTokens: number;
  /** The shape that the answer must have: a name, and a JSON Schema whose root is an object. */
  readonly responseSchema?: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> };
}

/** `length`: cut at the limit of tokens; `refusal`: the model, or a filter before it, would not answer. */
export type FinishReason = 'stop' | 'length' | 'refusal';

export interface TokenUsage {
  /** Everything that was sent, the cached part included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The part of `inputTokens` that the provider read from a cache of its own. */
  readonly cachedInputTokens: number;
}

export interface Generation {
  readonly text: string;
  readonly finishReason: FinishReason;
  /** Estimated when missing. */
  readonly usage?: TokenUsage;
}

export type StreamPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'end'; readonly finishReason: FinishReason; readonly usage?: TokenUsage };

/**
 * What an error thrown by a provider may carry beside its message. With `retryable` the call is made again, at most
 * `models.maxRetries` times, after `retryAfterMs` or a growing pause.
 */
export interface ProviderErrorDetails {
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  /** HTTP status. */
  readonly status?: number;
}

// Middleware

/**
 * Looks at, changes or answers model calls, and follows runs. Several are called in the order of their registration. An
 * error named `AbortError` (`new DOMException('why', 'AbortError')`) from `onRunStart` or around a call cancels the run;
 * any other error from around a call fails that call, and from the other hooks is only noted in the log.
 */
export interface Middleware {
  /** Unique; stands in messages. */
  readonly name: string;
  /** Also when a run goes on after its end, because changes were asked for. */
  onRunStart?(run: RunInfo, options: CallOptions): void | Promise<void>;
  /** Called once for each run that started, however it ended. */
  onRunEnd?(run: RunInfo & RunEnd, options: CallOptions): void | Promise<void>;
  onItemError?(error: ItemError, options: CallOptions): void | Promise<void>;
  /** Before a call is made, once for all of its tries. What is returned changes the call, or answers it. */
  beforeModelCall?(call: ModelCall, options: CallOptions): CallDecision | Promise<CallDecision>;
  /** After a call was answered; what is returned changes the answer. */
  afterModelCall?(reply: ModelReply, call: ModelCall, options: CallOptions): ReplyDecision | Promise<ReplyDecision>;
}

/** Nothing: as it is. `answer`: no model is asked. Otherwise: what is named takes the place of the call's own. */
export type CallDecision =
  | void
  | { readonly answer: string }
  | { readonly messages?: readonly Message[]; readonly temperature?: number; readonly maxOutputTokens?: number };

/** Nothing: as it is. */
export type ReplyDecision = void | { readonly text: string };

export interface RunInfo {
  readonly runId: string;
  readonly request: string;
  /** Absolute path of the folder that is worked on. */
  readonly workspace: string;
}

export interface RunEnd {
  /** What the run took in all, the same as `trellis show --json` has it. */
  readonly metrics: RunMetrics;
  readonly outcome: 'planned' | 'applied' | 'staged' | 'refused' | 'qualityNotReached' | 'cancelled' | 'failed';
  readonly message: string;
}

/** What a number of model calls did and took. Times are milliseconds. */
export interface CallMetrics {
  /** Answered calls, those that were answered without a model included. */
  readonly calls: number;
  readonly cachedCalls: number;
  /** Tries that failed and were followed by another. */
  readonly retries: number;
  /** Calls that ended without an answer. */
  readonly failedCalls: number;
  readonly retryWaitMs: number;
  /** Before a first try: for a turn, a budget, or the layers on the way. */
  readonly turnWaitMs: number;
  /** Input tokens that the provider read anew, and those that it had in a cache of its own. */
  readonly freshInputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  /** Calls whose price is not known; their cost is not in `costUsd`. */
  readonly unpriced: number;
  /** Of answers that a model gave; undefined when there are none. */
  readonly latencyMs: Percentiles | undefined;
  readonly timeToFirstTokenMs: Percentiles | undefined;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** A stretch of a run, with the calls that were begun in it. */
export interface StepMetrics extends CallMetrics {
  /** Such as `planning`, `executing` or `evaluating`. */
  readonly phase: string;
  /** 0 for the first pass over the plan. */
  readonly iteration: number;
  /** Since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
}

export interface RunMetrics {
  readonly total: CallMetrics;
  readonly byRole: Readonly<Record<string, CallMetrics>>;
  /** By provider and model, such as `openai/gpt-4.1`. */
  readonly byModel: Readonly<Record<string, CallMetrics>>;
  /** Planner and judge work for no item. */
  readonly byItem: Readonly<Record<string, CallMetrics>>;
  /** In the order in which they began. */
  readonly steps: readonly StepMetrics[];
  readonly humanWaitMs: number;
}

export interface ItemError {
  readonly runId: string;
  readonly itemId: string;
  readonly filePath: string;
  readonly message: string;
}

export interface ModelCall extends GenerateRequest {
  readonly runId: string;
  readonly role: ModelRole;
  readonly provider: string;
  readonly model: string;
  /** The item that the call is made for, if it is made for one. */
  readonly itemId?: string;
}

export interface ModelReply {
  readonly text: string;
  readonly finishReason: FinishReason;
  readonly usage: TokenUsage;
  /** Missing when no price is known. */
  readonly costUsd?: number;
  readonly latencyMs: number;
  /** True when nothing was paid for it. */
  readonly isCached: boolean;
}

// Agents

/**
 * Carries out items of a plan in place of the agent that Trellis has for their mode. The planner knows the three modes and
 * no others; an agent says which of their items it takes. Of several that take an item, the one registered first gets it.
 */
export interface AgentPlugin {
  /** Unique; stands in messages. */
  readonly name: string;
  /** `analyzer` items report, `coder` items write code, `sdet` items write and run tests. */
  readonly mode: AgentMode;
  /** Whether it takes the item; without it, all of its mode. */
  accepts?(item: Item): boolean;
  /** Does what the item says, on `services`. Files are kept only when it ends with `done`. */
  run(brief: AgentBrief, services: AgentServices, options: CallOptions): AgentOutcome | Promise<AgentOutcome>;
}

export type AgentMode = 'analyzer' | 'coder' | 'sdet';

export interface Item {
  readonly id: string;
  /** Relative to the workspace, with `/`. */
  readonly filePath: string;
  readonly description: string;
  readonly mode: AgentMode;
  readonly language: string;
  readonly fileStatus: 'new' | 'existing';
  readonly context?: string;
  readonly acceptance?: readonly string[];
}

export interface AgentBrief {
  readonly item: Item;
  /** What the user asked for, word for word. */
  readonly request: string;
  /** What the agents of the items it depends on said they did. */
  readonly dependencyReports: readonly {
    readonly itemId: string;
    readonly filePath: string;
    readonly summary: string;
  }[];
  /** Why it runs again: failures and the judge's remarks. Empty at the first attempt. */
  readonly feedback: readonly string[];
}

/** `failed`: it gave up, and why; its files are not kept. */
export type AgentOutcome =
  | { readonly kind: 'done'; readonly summary: string }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * All that an agent can do. Paths are relative to the workspace, with `/`; nothing reaches the user's files before the
 * review. Every step is recorded in the journal. After `run` has ended each of them fails.
 */
export interface AgentServices {
  /** Asks the model that is configured for the agent's mode. */
  askModel(messages: readonly Message[]): Promise<string>;
  /** The text of a file, with `\n`; undefined when there is none. */
  readFile(path: string): Promise<string | undefined>;
  /** Writes a file, whether it is there or not. */
  writeFile(path: string, text: string): Promise<void>;
  deleteFile(path: string): Promise<void>;
  /** The names in a folder, those of folders with `/` at the end; undefined when there is none. `''` is the workspace. */
  listFolder(path: string): Promise<readonly string[] | undefined>;
  /** Runs a command in the sandbox, on the files as the agent sees them. */
  runCommand(command: string): Promise<CommandResult>;
  /** Runs the project's own tests. */
  runTests(): Promise<CommandResult>;
  /** Puts a question to the human and waits for the answer. */
  askHuman(question: string, choices?: readonly string[]): Promise<string>;
}

/** `notRun`: the command is not allowed, or there is no sandbox; `text` says why. Otherwise `text` is what was printed. */
export interface CommandResult {
  readonly outcome: 'succeeded' | 'failed' | 'notRun';
  readonly text: string;
}
