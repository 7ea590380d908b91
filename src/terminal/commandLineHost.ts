import type { Readable } from 'node:stream';
import type { Trellis, TrellisOptions } from '../app/trellis.ts';
import type { WorkspaceSink } from '../app/workspaceSink.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { OutputStream } from './screen.ts';

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
  readonly clock: Clock;
  readonly createTrellis: (options: TrellisOptions) => Promise<Trellis>;
  /** Opens the way of accepted changes into the workspace. */
  readonly openSink: (workspace: string, storageDirectory: string, clock: Clock) => Promise<WorkspaceSink>;
  /** Ctrl-C and its kin, each time. */
  readonly onInterrupt: (listener: () => void) => Disposable;
  /** Ends the process at once. */
  readonly exitNow: (code: number) => void;
}
