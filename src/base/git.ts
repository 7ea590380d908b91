// The one place that starts git, and what it may know of this process and of the user's configuration.
import { type SimpleGit, type SimpleGitOptions, simpleGit } from 'simple-git';

/** What git needs of our environment; keys and tokens stay here. */
const passedOn = [
  ...['PATH', 'HOME', 'USERPROFILE', 'SYSTEMROOT', 'XDG_CONFIG_HOME', 'TMPDIR', 'TEMP'],
  ...['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL', 'EMAIL'],
];
const ownEnvironment = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_TERMINAL_PROMPT: '0',
  // A path is a path, whatever signs are in it.
  GIT_LITERAL_PATHSPECS: '1',
};

export interface GitOptions {
  /** A folder of the repository. */
  readonly directory: string;
  readonly signal: AbortSignal;
  /** A command that does not answer within this time is ended, in milliseconds. */
  readonly timeoutMs: number;
  /** An index of our own, in place of the user's. */
  readonly indexFile?: string;
  /** What the command reads from its standard input. */
  readonly input?: Uint8Array;
  /** A folder without hooks, so that no hook of the user's runs. */
  readonly hooksFolder?: string;
}

/** Git for one folder. Asks no server and waits for nobody. */
export function openGit({ directory, signal, timeoutMs, indexFile, input, hooksFolder }: GitOptions): SimpleGit {
  const added = { ...ownEnvironment, ...(indexFile === undefined ? {} : { GIT_INDEX_FILE: indexFile }) };
  const options: Partial<SimpleGitOptions> = {
    baseDir: directory,
    abort: signal,
    timeout: { block: timeoutMs, stdOut: false, stdErr: false },
    allowEnvironment: Object.keys(added),
    ...(input && { input: () => Buffer.from(input) }),
    ...(hooksFolder === undefined
      ? {}
      : { config: [`core.hooksPath=${hooksFolder}`], unsafe: { allowUnsafeHooksPath: true } }),
  };
  const inherited = passedOn.map(name => [name, process.env[name]] as const).filter(([, value]) => value !== undefined);
  return simpleGit(options).env({ ...Object.fromEntries(inherited), ...added });
}
