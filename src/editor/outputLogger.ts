import type * as vscode from 'vscode';
import type { LogSink } from '../base/redactingLogger.ts';

/** Writes to the extension's output channel, whose level the user chooses. */
export function outputSink(channel: vscode.LogOutputChannel): LogSink {
  return ({ level, message, fields }) => {
    channel[level](Object.keys(fields).length === 0 ? message : `${message} ${JSON.stringify(fields)}`);
  };
}
