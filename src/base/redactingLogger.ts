import type { LogFields, Logger, LogLevel } from './logger.ts';
import { redactFields } from './redactFields.ts';
import { redactSecrets } from './redactSecrets.ts';

/** A message with its fields and those of its logger's parents; nothing secret is in it any more. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  /** Plain data. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Takes what is logged; it must not throw. */
export type LogSink = (entry: LogEntry) => void;

/** The logger that every log goes through: secrets are masked here, whatever field they are in, and not by those who write. */
export class RedactingLogger implements Logger {
  readonly #sink: LogSink;
  readonly #secrets: () => readonly string[];
  readonly #fields: LogFields;

  /** `secrets` are known by their values, as they are at the time of a message. */
  constructor(sink: LogSink, secrets: () => readonly string[], fields: LogFields = {}) {
    this.#sink = sink;
    this.#secrets = secrets;
    this.#fields = fields;
  }

  log(level: LogLevel, message: string, fields: LogFields = {}): void {
    const secrets = this.#secrets();
    const all = redactFields({ ...this.#fields, ...fields }, secrets) as LogEntry['fields'];
    this.#sink({ level, message: redactSecrets(message, secrets), fields: all });
  }

  child(fields: LogFields): Logger {
    return new RedactingLogger(this.#sink, this.#secrets, { ...this.#fields, ...fields });
  }
}

/** Logs to both. */
export function bothLoggers(first: Logger, second: Logger): Logger {
  return {
    log: (level, message, fields) => {
      first.log(level, message, fields);
      second.log(level, message, fields);
    },
    child: fields => bothLoggers(first.child(fields), second.child(fields)),
  };
}
