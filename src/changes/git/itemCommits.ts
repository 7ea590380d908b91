// Commits on a branch of their own, made beside the user's work: their HEAD, index and files stay as they are.
import { lstat, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ValidationError } from '../../base/errors.ts';
import { type GitOptions, openGit } from '../../base/git.ts';
import { fileVersion } from '../memoryBlobStore.ts';
import { mergeVersions } from '../merge/mergeVersions.ts';
import type { FileVersion, StagedChange } from '../stagedFiles.ts';

/** What one item changed, as it was accepted. */
export interface ItemCommit {
  /** Absent for files that no item accounts for. */
  readonly itemId?: string;
  /** The first line of the message. */
  readonly title: string;
  readonly changes: readonly StagedChange[];
}

export interface BranchOptions {
  /** The workspace; it may be a folder of the repository. */
  readonly directory: string;
  readonly branch: string;
  readonly runId: string;
  readonly signal: AbortSignal;
}

/** The commits that were made, oldest first; items whose changes are in the branch already make none. */
export interface CommittedBranch {
  readonly branch: string;
  readonly commits: readonly { readonly itemId?: string; readonly commit: string }[];
}

const TIMEOUT_MS = 60_000;
/** git's own name for "there is no such ref yet", whatever the length of its hashes. */
const NOTHING = '';
/** What git leaves in its folder while it waits for the user to finish something. */
const unfinished: Readonly<Record<string, string>> = {
  MERGE_HEAD: 'a merge',
  CHERRY_PICK_HEAD: 'a cherry-pick',
  REVERT_HEAD: 'a revert',
  'rebase-merge': 'a rebase',
  'rebase-apply': 'a rebase',
  BISECT_LOG: 'a bisect',
};

/**
 * Adds one commit an item to `branch`, which begins at the user's HEAD when it is new. Only objects and that one ref are
 * written, the ref only if nobody moved it meanwhile; no hook runs. A commit holds the run's changes alone: what the user
 * has not committed in the same files is not in it. Throws `ValidationError` with one sentence on why there is no branch.
 */
export async function commitItems(items: readonly ItemCommit[], options: BranchOptions): Promise<CommittedBranch> {
  const folder = await mkdtemp(path.join(tmpdir(), 'trellis-git-'));
  try {
    const hooksFolder = path.join(folder, 'no-hooks');
    await mkdir(hooksFolder);
    const { signal } = options;
    const place = { directory: options.directory, signal, timeoutMs: TIMEOUT_MS, hooksFolder };
    return await new BranchBuilder({ ...place, indexFile: path.join(folder, 'index') }, options).build(items);
  } catch (error) {
    options.signal.throwIfAborted();
    if (!isNo(error)) throw error;
    const said = /^(?:fatal|error): (.*)$/m.exec(error.message)?.[1] ?? oneLine(error.message);
    throw refusalOf(options.branch, `git says "${said}"`, error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

class BranchBuilder {
  #place: GitOptions;
  readonly #options: BranchOptions;

  constructor(place: GitOptions, options: BranchOptions) {
    this.#place = place;
    this.#options = options;
  }

  async build(items: readonly ItemCommit[]): Promise<CommittedBranch> {
    const { branch, runId } = this.#options;
    const prefix = await this.#checkRepository();
    const ref = `refs/heads/${branch}`;
    const tip = await this.#commitAt(ref);
    const head = await this.#commitAt('HEAD');
    if (head === undefined) throw this.#refusal('the repository has no commit yet; make the first one yourself');
    const start = tip ?? head;
    let parent = start;
    await this.#git('read-tree', parent);
    const commits: { itemId?: string; commit: string }[] = [];
    for (const { itemId, title, changes } of items) {
      for (const change of changes) await this.#stage(change, prefix, parent);
      const tree = await this.#git('write-tree');
      if (tree === (await this.#git('rev-parse', `${parent}^{tree}`))) continue;
      const trailers = [`Trellis-Run: ${runId}`, ...(itemId === undefined ? [] : [`Trellis-Item: ${oneLine(itemId)}`])];
      const message = `${oneLine(title)}\n\n${trailers.join('\n')}\n`;
      parent = await this.#gitWith(message, 'commit-tree', tree, '-p', parent, '-F', '-');
      commits.push({ ...(itemId === undefined ? {} : { itemId }), commit: parent });
    }
    if (parent !== start) await this.#git('update-ref', '-m', `trellis: ${runId}`, ref, parent, tip ?? NOTHING);
    return { branch, commits };
  }

  /** Goes to the top of the work tree. Returns the path of the workspace from there, `''` or with a `/` at its end. */
  async #checkRepository(): Promise<string> {
    const { branch } = this.#options;
    const { directory } = this.#place;
    const prefix = await this.#tryGit('rev-parse', '--show-prefix');
    if (prefix === undefined) throw this.#refusal(`${directory} is not in the work tree of a git repository`);
    for (const [name, what] of Object.entries(unfinished)) {
      const file = path.resolve(directory, await this.#git('rev-parse', '--git-path', name));
      if (await exists(file)) throw this.#refusal(`${what} is not finished; finish or abort it first`);
    }
    if ((await this.#tryGit('check-ref-format', '--branch', branch)) === undefined)
      throw this.#refusal('that is no name for a branch; change git.branch');
    if ((await this.#tryGit('var', 'GIT_COMMITTER_IDENT')) === undefined)
      throw this.#refusal('git does not know who you are; set user.name and user.email by "git config"');
    const worktree = await this.#git('for-each-ref', '--format=%(worktreepath)', `refs/heads/${branch}`);
    if (worktree !== '') throw this.#refusal('it is checked out, and commits on it would move what you work on');
    this.#place = { ...this.#place, directory: await this.#git('rev-parse', '--show-toplevel') };
    return prefix;
  }

  async #stage({ path: file, previousPath, before, after }: StagedChange, prefix: string, parent: string) {
    const source = `${prefix}${previousPath ?? file}`;
    const target = `${prefix}${file}`;
    const committed = await this.#committedVersion(source, parent);
    const labels = { ours: 'committed', theirs: 'accepted' };
    const merge = mergeVersions({ base: before, ours: committed, theirs: after }, labels);
    if (!merge.ok) throw this.#refusal(`what you have not committed in ${file} is in the same places`);
    if (source !== target || !merge.version) await this.#git('update-index', '--force-remove', '--', source);
    if (!merge.version) return;
    const { content, isExecutable } = merge.version;
    const blob = await this.#gitWith(content, 'hash-object', '-w', '--stdin', `--path=${target}`);
    await this.#git('update-index', '--add', '--cacheinfo', `${isExecutable ? '100755' : '100644'},${blob},${target}`);
  }

  /** The file as a checkout of the parent would have it. */
  async #committedVersion(file: string, parent: string): Promise<FileVersion | undefined> {
    const mode = await this.#modeAt(parent, file);
    if (mode === undefined) return undefined;
    if (mode !== '100644' && mode !== '100755')
      throw this.#refusal(`${file} is a link or a repository of its own there`);
    const content = (await this.#open().binaryCatFile(['--filters', `${parent}:${file}`])) as Uint8Array;
    return fileVersion(content, mode === '100755');
  }

  /** git's mode of what the commit has at the path. */
  async #modeAt(commit: string, file: string): Promise<string | undefined> {
    for (let at = file; at !== '.'; at = path.posix.dirname(at)) {
      const [mode] = (await this.#git('ls-tree', '--full-tree', '-z', commit, '--', at)).split(' ');
      if (mode === '' || mode === undefined) continue;
      if (at === file) return mode;
      if (mode === '040000') return undefined;
      throw this.#refusal(`${at} is no folder there, but a ${mode === '160000' ? 'repository of its own' : 'file'}`);
    }
    return undefined;
  }

  async #commitAt(revision: string): Promise<string | undefined> {
    return (await this.#tryGit('rev-parse', '--verify', '--quiet', `${revision}^{commit}`)) || undefined;
  }

  /** What the command printed, without the line end behind it. */
  async #git(...command: string[]): Promise<string> {
    return trimmed(await this.#open().raw(command));
  }

  async #gitWith(input: string | Uint8Array, ...command: string[]): Promise<string> {
    const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
    return trimmed(await this.#open(bytes).raw(command));
  }

  /** Undefined when git says no. */
  async #tryGit(...command: string[]): Promise<string | undefined> {
    try {
      return await this.#git(...command);
    } catch (error) {
      this.#options.signal.throwIfAborted();
      if (isNo(error)) return undefined;
      throw error;
    }
  }

  #open(input?: Uint8Array) {
    return openGit({ ...this.#place, ...(input && { input }) });
  }

  #refusal(reason: string): ValidationError {
    return refusalOf(this.#options.branch, reason);
  }
}

function refusalOf(branch: string, reason: string, cause?: Error): ValidationError {
  return new ValidationError(`Nothing was committed to the branch ${branch}: ${reason}.`, { cause });
}

/** Whether git ran and refused. */
function isNo(error: unknown): error is Error {
  return error instanceof Error && 'task' in error;
}

function trimmed(output: string): string {
  return output.replace(/\n$/, '');
}

/** A line that can neither end the message's first line nor pass for a trailer. */
function oneLine(text: string): string {
  const line = text.replaceAll(/[\u0000-\u001f\u007f\s]+/g, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
