import { errorMessage } from '../../base/errors.ts';
import { openGit } from '../../base/git.ts';
import type { Logger } from '../../base/logger.ts';

/** What changed together in the past. */
export interface ChangeHistory {
  /** The paths that each commit changed, newest commit first; empty when nothing is known. Rejects only when aborted. */
  recentCommits(options: { readonly signal: AbortSignal }): Promise<readonly (readonly string[])[]>;
}

export interface GitHistoryOptions {
  /** The workspace; it may be a folder of the repository. */
  readonly directory: string;
  readonly logger: Logger;
  /** Where to begin; the present commit unless told otherwise. */
  readonly revision?: string;
}

/** Older commits say little about today's files, and reading them takes time. */
const maxCommits = 300;
/** A repository that does not answer within this time is left alone. */
const timeoutMs = 5_000;

/**
 * The history of the git repository that holds the workspace. Reads the log only, runs no program that the repository's
 * configuration names, and asks no server.
 */
export function createGitHistory({ directory, logger, revision = 'HEAD' }: GitHistoryOptions): ChangeHistory {
  return {
    async recentCommits({ signal }) {
      try {
        return parseLog(await readLog(directory, revision, signal));
      } catch (error) {
        signal.throwIfAborted();
        logger.log('debug', 'There is no git history to learn from.', { directory, reason: errorMessage(error) });
        return [];
      }
    },
  };
}

async function readLog(directory: string, revision: string, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  return openGit({ directory, signal, timeoutMs }).raw(
    'log',
    '-z',
    '--name-only',
    '--relative',
    '--no-renames',
    '--no-merges',
    '--no-show-signature',
    `--max-count=${maxCommits}`,
    '--format=%x01',
    revision,
    '--',
  );
}

/** Each commit is `\x01`, then its paths, each ended by NUL. */
function parseLog(log: string): string[][] {
  return log
    .split('\u0001')
    .map(commit =>
      commit
        .split('\0')
        .map(path => path.replace(/^\n/, ''))
        .filter(path => path !== ''),
    )
    .filter(paths => paths.length > 0);
}
