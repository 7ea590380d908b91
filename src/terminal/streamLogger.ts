import type { LogFields, Logger, LogLevel } from '../base/logger.ts';
import { redactSecrets } from '../base/redactSecrets.ts';
import { safeText } from './safeText.ts';

/** Writes one line for each message of at least `info` level, keys masked. */
export class StreamLogger implements Logger {
  readonly #write: (text: string) => void;
  readonly #secrets: readonly string[];
  readonly #fields: LogFields;

  /** `secrets` are masked wherever they stand. */
  constructor(write: (text: string) => void, secrets: readonly string[], fields: LogFields = {}) {
    this.#write = write;
    this.#secrets = secrets;
    this.#fields = fields;
  }

  log(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (level === 'trace') return;
    const all = Object.entries({ ...this.#fields, ...fields }).map(([key, value]) => `${key}=${fieldText(value)}`);
    const line = [level.padEnd(5), message, ...all].join(' ');
    this.#write(`${safeText(redactSecrets(line, this.#secrets))}\n`);
  }

  child(fields: LogFields): Logger {
    return new StreamLogger(this.#write, this.#secrets, { ...this.#fields, ...fields });
  }
}

function fieldText(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.stack ?? value.message);
  return value === undefined ? 'undefined' : JSON.stringify(value);
}
