/** What kind of failure it was; decides the command line's exit code and what the user is told to do. */
export type TrellisErrorKind =
  | 'planning'
  | 'execution'
  | 'quality'
  | 'validation'
  | 'configuration'
  | 'sandbox'
  | 'storage'
  | 'abort'
  | 'model';

/** Every failure that Trellis raises on purpose. The message is one sentence: what failed, on what, what to do. */
export abstract class TrellisError extends Error {
  abstract readonly kind: TrellisErrorKind;

  /** Made from the kind: a bundler renames the classes themselves. */
  override get name(): string {
    // Not there yet while the part of the base class is built, which is when a stack trace may be written.
    const kind = this.kind as TrellisErrorKind | undefined;
    return kind === undefined ? 'Error' : `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Error`;
  }
}

export class PlanningError extends TrellisError {
  readonly kind = 'planning';
}

export class ExecutionError extends TrellisError {
  readonly kind = 'execution';
}

/** A result that is there and does not hold. */
export class QualityError extends TrellisError {
  readonly kind = 'quality';
}

/** Data from outside (a plan, a path, an edit) that is not what its contract says. */
export class ValidationError extends TrellisError {
  readonly kind = 'validation';
}

export class ConfigurationError extends TrellisError {
  readonly kind = 'configuration';
}

export class SandboxError extends TrellisError {
  readonly kind = 'sandbox';
}

export class StorageError extends TrellisError {
  readonly kind = 'storage';
}

/** What a server is likely to charge for an answer that broke off, as far as we can estimate it. */
export interface ModelCharge {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  /** Missing when the price is not known. */
  readonly costUsd?: number;
}

/** The user or a caller gave up on the work; never used for a timeout. */
export class AbortError extends TrellisError {
  readonly kind = 'abort';
  /** Set when part of a model's answer had come. */
  readonly charge: ModelCharge | undefined;

  constructor(message = 'The run was cancelled.', options: ErrorOptions & { readonly charge?: ModelCharge } = {}) {
    super(message, options);
    this.charge = options.charge;
  }
}

export interface ModelErrorDetails {
  readonly provider: string;
  /** HTTP status, when the server answered with one. */
  readonly status?: number;
  /** How long the server asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Decided once, where the status is known: 408, 429, 5xx, timeouts and broken connections are; 400, 401, 403, 404 are not. */
  readonly retryable: boolean;
  /** Set when part of an answer had come. */
  readonly charge?: ModelCharge;
  /** What the server said of its limits, as headers by name. */
  readonly rateLimits?: Readonly<Record<string, string>>;
}

export class ModelError extends TrellisError {
  readonly kind = 'model';
  readonly provider: string;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly retryable: boolean;
  readonly charge: ModelCharge | undefined;
  readonly rateLimits: Readonly<Record<string, string>> | undefined;

  constructor(message: string, details: ModelErrorDetails, options?: ErrorOptions) {
    super(message, options);
    this.provider = details.provider;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.retryable = details.retryable;
    this.charge = details.charge;
    this.rateLimits = details.rateLimits;
  }

  /** For an error that says more about the same failure. */
  get details(): ModelErrorDetails {
    const { provider, status, retryAfterMs, retryable, charge, rateLimits } = this;
    return {
      provider,
      retryable,
      ...(status !== undefined && { status }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(charge !== undefined && { charge }),
      ...(rateLimits !== undefined && { rateLimits }),
    };
  }
}

/** The model answered, and none of its answers could be used. */
export class UnusableAnswerError extends ModelError {
  /** What is wrong with the last answer. */
  readonly problems: readonly string[];

  constructor(message: string, provider: string, problems: readonly string[]) {
    super(message, { provider, retryable: false });
    this.problems = problems;
  }
}

/** What a failed or cancelled model call is likely to cost all the same; undefined when that is nothing. */
export function chargeOf(error: unknown): ModelCharge | undefined {
  return error instanceof ModelError || error instanceof AbortError ? error.charge : undefined;
}

/** The text of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
