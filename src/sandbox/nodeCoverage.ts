// What of source files ran in the Node processes of a command: V8 writes it down when each of them ends, and a program that
// runs in the sandbox too makes little of it, so that nothing that the code could have written is read out here unbounded.
import { z } from 'zod';
import { type SourceCoverage, sourceCoverageSchema } from '../domain/schema/coverage.ts';
import { nodeCoverageProgram } from './nodeCoverageProgram.ts';
import type { CommandResult, SandboxCommand } from './sandbox.ts';

/** Outside of the workspace, where tests may look at what is there; of the session alone, as all of `/tmp`. */
const FOLDER = '/tmp/trellis-coverage';
/** Of all processes together; V8 writes from 0.1 to 4 MB for each. More is not read, and then nothing is told. */
const MAX_BYTES_READ = 256 * 1024 * 1024;
/** Read on the event loop here, in a few milliseconds; some 10,000 parts that never ran. */
const MAX_REPORT_BYTES = 128 * 1024;
const MAX_READING_MS = 10_000;
/** Of the names of the files together: a single command line has room for them. */
const MAX_PATHS_LENGTH = 64 * 1024;

/** The command with the variable that has Node write down what runs; a command that sets it itself keeps its own. */
export function withNodeCoverage(command: SandboxCommand): SandboxCommand {
  return { ...command, environment: { NODE_V8_COVERAGE: FOLDER, ...command.environment } };
}

/** Reads what was written down for the files at `paths`; files beyond what fits a command line are left out. */
export function nodeCoverageReader(paths: readonly string[]): SandboxCommand {
  let length = 0;
  const read = paths.filter(path => {
    length += path.length;
    return length <= MAX_PATHS_LENGTH;
  });
  return {
    argv: [
      ...(['node', '--input-type=commonjs', '--eval', nodeCoverageProgram, '--'] as const),
      ...[FOLDER, String(MAX_BYTES_READ), ...read],
    ],
    limits: { wallTimeMs: MAX_READING_MS, outputBytes: MAX_REPORT_BYTES },
  };
}

/** What the reader printed; nothing where it failed, broke a limit, or speaks of other files than `paths`. */
export function parseNodeCoverage(
  { outcome, exitCode, stdout }: CommandResult,
  paths: readonly string[],
): readonly SourceCoverage[] {
  if (outcome !== 'exited' || exitCode !== 0) return [];
  const parsed = z.array(sourceCoverageSchema).safeParse(parseJson(stdout));
  return parsed.success && parsed.data.every(({ path }) => paths.includes(path)) ? parsed.data : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a program of the project's that is called node need not print JSON
  }
}
