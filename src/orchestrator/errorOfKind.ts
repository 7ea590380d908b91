import {
  AbortError,
  ConfigurationError,
  ExecutionError,
  ModelError,
  type ModelErrorDetails,
  PlanningError,
  QualityError,
  SandboxError,
  StorageError,
  ValidationError,
} from '../base/errors.ts';

/** A failure as the journal keeps it. */
export interface FailureRecord {
  /** `TrellisErrorKind`, or anything else for an error that was none of Trellis's own. */
  readonly kind?: string | undefined;
  readonly message: string;
  /** What else is known of a model's. */
  readonly details?: Omit<ModelErrorDetails, 'retryable'>;
}

/** The error again, of the same class and with the same message; for a replay. */
export function errorOfKind({ kind, message, details = { provider: '' } }: FailureRecord): Error {
  switch (kind) {
    case 'planning':
      return new PlanningError(message);
    case 'execution':
      return new ExecutionError(message);
    case 'quality':
      return new QualityError(message);
    case 'validation':
      return new ValidationError(message);
    case 'configuration':
      return new ConfigurationError(message);
    case 'sandbox':
      return new SandboxError(message);
    case 'storage':
      return new StorageError(message);
    case 'abort':
      return new AbortError(message);
    case 'model':
      return new ModelError(message, { ...details, retryable: false });
    default:
      return new Error(message);
  }
}
