import type { Readable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import type { Configuration, Secrets } from '../config/configuration.ts';
import type { Journal } from '../journal/journal.ts';
import type { ChangeSink, HumanChannel } from '../orchestrator/humanChannel.ts';
import type { RunHandle } from '../orchestrator/runHandle.ts';
import type { OutputStream } from './screen.ts';

/** The engine as the command line uses it. */
export interface Engine extends Disposable {
  readonly journal: Journal;
  start(
    request: string,
    options: {
      readonly human: HumanChannel;
      readonly sink: ChangeSink;
      readonly stopAfterPlan?: boolean;
      readonly signal: AbortSignal;
    },
  ): RunHandle;
}

export type CreateEngine = (options: {
  readonly workspace: string;
  readonly configuration: Configuration;
  readonly storageDirectory: string;
  readonly resourcesDirectory: string;
  readonly logger: Logger;
  readonly secrets: Secrets;
}) => Promise<Engine>;

/** The process around the command line, as far as it is used; tests bring their own. */
export interface CommandLineHost {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly currentDirectory: string;
  readonly version: string;
  /** Where `prompts/` is. */
  readonly resourcesDirectory: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly createEngine: CreateEngine;
  /** Writes accepted changes into the workspace. */
  readonly createSink: (workspace: string, storageDirectory: string) => ChangeSink;
  /** Ctrl-C and its kin, each time. */
  readonly onInterrupt: (listener: () => void) => Disposable;
  /** Ends the process at once. */
  readonly exitNow: (code: number) => void;
}
