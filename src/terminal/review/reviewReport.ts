import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ConfigurationError, errorMessage } from '../../base/errors.ts';
import type { RunState } from '../../domain/runState.ts';
import type { AcceptSetback } from '../../orchestrator/review/acceptReview.ts';
import type { Review } from '../../orchestrator/review/review.ts';
import type { ReviewArguments } from '../arguments.ts';
import type { CommandLineHost } from '../commandLineHost.ts';
import { paletteOf, print, printJson } from '../journalCommands.ts';
import { fileTitle, hunkLines, reviewTreeLines } from './reviewLines.ts';
import { reviewObject } from './reviewObject.ts';
import { reviewText } from './reviewText.ts';

/** A review and the state of its run, which grows with what is decided. */
export interface SeenReview {
  readonly review: Review;
  readonly run: { readonly state: RunState };
}

/** Prints what was asked for: the object, the patch, a diff, or the list. Throws `ConfigurationError`. */
export async function reportReview(
  command: ReviewArguments,
  host: CommandLineHost,
  { review, run }: SeenReview,
  options: { readonly signal: AbortSignal; readonly setback?: AcceptSetback },
): Promise<void> {
  const { patch, shown, isSince } = command;
  if (patch !== undefined) await writePatch(patch, host, review);
  if (command.output === 'json')
    printJson(host, reviewObject(run.state, review, await review.reasons(options), options.setback));
  else if (shown !== undefined) print(host, (isSince ? sinceLines : diffLines)(shown, command, host, review));
  else if (patch === undefined)
    print(host, reviewTreeLines(review, await review.reasons(options), paletteOf(command, host)));
}

async function writePatch(name: string, host: CommandLineHost, review: Review): Promise<void> {
  if (name === '-') {
    host.stdout.write(review.patch());
    return;
  }
  const file = path.resolve(host.currentDirectory, name);
  try {
    await writeFile(file, review.patch());
  } catch (error) {
    throw new ConfigurationError(`The patch cannot be written to ${file} (${errorMessage(error)}).`, { cause: error });
  }
}

function diffLines(paths: readonly string[], command: ReviewArguments, host: CommandLineHost, review: Review) {
  const palette = paletteOf(command, host);
  return named(paths, review.files).flatMap(file => [
    palette.bold(fileTitle(file, palette)),
    ...file.hunks.flatMap(hunk => hunkLines(hunk, palette)),
  ]);
}

/** What the agents changed since comments were last sent. */
function sinceLines(paths: readonly string[], command: ReviewArguments, host: CommandLineHost, review: Review) {
  named(paths, review.files);
  const changes = review.changesSinceLastRound().filter(change => paths.length === 0 || paths.includes(change.path));
  if (changes.length === 0) return ['Nothing has changed since comments were last sent.'];
  return [reviewText(changes, paletteOf(command, host))];
}

/** Those of the files that are named; all where none is. */
function named<T extends { readonly path: string }>(paths: readonly string[], files: readonly T[]): readonly T[] {
  const unknown = paths.find(each => !files.some(file => file.path === each));
  if (unknown !== undefined) throw new ConfigurationError(`The run does not change "${unknown}".`);
  return files.filter(file => paths.length === 0 || paths.includes(file.path));
}
