import type { LogSink } from '../base/redactingLogger.ts';
import { safeText } from './safeText.ts';

/** Writes one line for each message of at least `debug` level. */
export function streamSink(write: (text: string) => void): LogSink {
  return ({ level, message, fields }) => {
    if (level === 'trace') return;
    const all = Object.entries(fields).map(
      ([key, value]) => `${key}=${value === undefined ? 'undefined' : JSON.stringify(value)}`,
    );
    write(`${safeText([level.padEnd(5), message, ...all].join(' '))}\n`);
  };
}
