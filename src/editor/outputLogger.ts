import type * as vscode from 'vscode';
import type { LogFields, Logger, LogLevel } from '../base/logger.ts';
import { redactSecrets } from '../base/redactSecrets.ts';

/** Writes to the extension's output channel, whose level the user chooses. Secrets are masked. */
export class OutputLogger implements Logger {
  readonly #channel: vscode.LogOutputChannel;
  readonly #fields: LogFields;

  constructor(channel: vscode.LogOutputChannel, fields: LogFields = {}) {
    this.#channel = channel;
    this.#fields = fields;
  }

  log(level: LogLevel, message: string, fields: LogFields = {}): void {
    const all = { ...this.#fields, ...fields };
    const line = Object.keys(all).length === 0 ? message : `${message} ${JSON.stringify(all)}`;
    this.#channel[level](redactSecrets(line));
  }

  child(fields: LogFields): Logger {
    return new OutputLogger(this.#channel, { ...this.#fields, ...fields });
  }
}
