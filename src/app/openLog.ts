import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { DisposableStore } from '../base/disposable.ts';
import { LogFile } from '../base/logFile.ts';
import type { Logger } from '../base/logger.ts';
import { bothLoggers, RedactingLogger } from '../base/redactingLogger.ts';
import type { Secrets } from '../config/configuration.ts';

export interface OpenLogOptions {
  readonly storageDirectory: string;
  /** Of who opened the workspace. */
  readonly logger: Logger;
  readonly secrets: Secrets;
  readonly clock: Clock;
}

/** A logger that also writes to `log.jsonl` beside the journal; the file is closed with `resources`. */
export function openLog(options: OpenLogOptions, resources: DisposableStore): Logger {
  const { storageDirectory, logger, secrets, clock } = options;
  const onFailure = (error: unknown) => logger.log('warn', 'The log file cannot be written.', { error });
  const log = resources.add(new LogFile({ file: path.join(storageDirectory, 'log.jsonl'), clock, onFailure }));
  const keys = Object.values<string>({ ...secrets });
  return bothLoggers(logger, new RedactingLogger(log.write, () => keys));
}
