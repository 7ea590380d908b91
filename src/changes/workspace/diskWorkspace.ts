import { constants, type Dirent, type Stats } from 'node:fs';
import { access, lstat, open, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { ValidationError } from '../../base/errors.ts';
import { normalizeWorkspacePath, windowsNameProblem, workspacePathProblem } from '../../domain/workspacePath.ts';
import { foldPath } from '../foldPath.ts';
import { fileVersion } from '../memoryBlobStore.ts';
import type { DirectoryEntry, FileVersion } from '../stagedFiles.ts';
import { IgnoreRules } from './ignoreRules.ts';
import { mayHoldSecrets } from './secretFiles.ts';
import { treeFingerprint } from './treeFingerprint.ts';
import type { EditPermission, FingerprintOptions, WorkspaceEntry, WorkspaceFiles } from './workspaceFiles.ts';

/** Larger files are not read, in bytes. */
export const MAX_READ_BYTES = 10_000_000;

const IS_WINDOWS = process.platform === 'win32';

/** A file that is found may then be there in another spelling. */
const CASE_MAY_NOT_MATTER = IS_WINDOWS || process.platform === 'darwin';

/** The workspace on disk. Links are followed as long as they stay inside of it. */
export class DiskWorkspace implements WorkspaceFiles {
  readonly root: string;
  readonly #ignoreRules: IgnoreRules;
  readonly #keptOut: ReadonlySet<string>;

  private constructor(root: string, keptOut: readonly string[]) {
    this.root = root;
    this.#ignoreRules = new IgnoreRules(root);
    const names = keptOut.map(file => path.relative(root, path.resolve(root, file)).replaceAll(path.sep, '/'));
    this.#keptOut = new Set(names);
  }

  /**
   * `keptOut`: files that are no part of the project though they may lie in it; absolute, or relative to the folder. Throws
   * `ValidationError` when `folder` is not a folder.
   */
  static async open(folder: string, keptOut: readonly string[] = []): Promise<DiskWorkspace> {
    const root = await realpath(folder).catch((cause: unknown) => {
      throw new ValidationError(`The workspace ${folder} cannot be opened; check the path.`, { cause });
    });
    if (!(await lstat(root)).isDirectory())
      throw new ValidationError(`The workspace ${folder} is a file; give the folder of a project.`);
    return new DiskWorkspace(root, keptOut);
  }

  async read(name: string): Promise<FileVersion | undefined> {
    const file = normalizeWorkspacePath(name);
    const place = await this.#locate(file);
    if (place.kind === 'outside') throw new ValidationError(`"${file}" ${place.reason}.`);
    if (place.kind !== 'file' || (await this.#isHidden(place.realFile, false))) return undefined;
    return (await this.#isHidden(file, false)) ? undefined : this.#readVersion(place.absolute, file);
  }

  async list(name: string): Promise<WorkspaceEntry[] | undefined> {
    const folder = normalizeWorkspacePath(name);
    const place = folder === '' ? undefined : await this.#locate(folder);
    if (place?.kind === 'outside') throw new ValidationError(`"${folder}" ${place.reason}.`);
    if (place && (place.kind !== 'folder' || (await this.#isHidden(folder, true)))) return undefined;
    const entries = await readdir(place?.absolute ?? this.root, { withFileTypes: true });
    const listed: WorkspaceEntry[] = [];
    for (const entry of entries) {
      const kind = await this.#kindOf(folder, entry);
      const child = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (kind && !(await this.#isHidden(child, kind === 'directory')))
        listed.push({ name: entry.name, kind, isLink: entry.isSymbolicLink() });
    }
    return listed.sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  async permitEdit(file: string, movedFrom?: string): Promise<EditPermission> {
    const permission = await this.#permitChange(file, movedFrom);
    if (!permission.ok) return permission;
    if (mayHoldSecrets(file)) return refuse('files that may hold secrets are kept from agents');
    if (this.#keptOut.has(file) || (await this.#ignoreRules.isIgnored(file, false)))
      return refuse('it is ignored, so it is no part of a change');
    const unportable = permission.version ? undefined : windowsNameProblem(file);
    if (unportable !== undefined) return refuse(`the path ${unportable}; choose another name`);
    return this.#unlessProtected(file, permission);
  }

  fingerprint(options: FingerprintOptions): Promise<string> {
    return treeFingerprint(this.root, { ...options, isHidden: (file, isFolder) => this.#isHidden(file, isFolder) });
  }

  /** As `permitEdit`, also for files that agents may not know. */
  async permitWrite(file: string, movedFrom?: string): Promise<EditPermission> {
    return this.#unlessProtected(file, await this.#permitChange(file, movedFrom));
  }

  /** Whether a change of the file is a sound one, whoever wants it. */
  async #permitChange(file: string, movedFrom: string | undefined): Promise<EditPermission> {
    const place = await this.#locate(file);
    if (place.kind === 'outside') return refuse(`the path ${place.reason}`);
    if (place.kind === 'folder') return refuse('it is a folder; name a file');
    if (place.kind === 'other') return refuse('it is not a regular file');
    if (place.kind === 'belowFile') return refuse(`${place.parent} is a file, so nothing can be below it`);
    if (place.kind === 'file' && place.realFile !== file)
      return refuse(`it is a link, or in a linked folder; edit ${place.realFile} instead`);
    const twin = place.kind === 'nothing' || CASE_MAY_NOT_MATTER ? await this.#twinOf(file) : undefined;
    if (twin !== undefined && twin !== movedFrom) return refuse(twinReason(twin, file));
    if (place.kind === 'nothing') return { ok: true, version: undefined };
    try {
      return { ok: true, version: await this.#readVersion(place.absolute, file) };
    } catch (error) {
      if (error instanceof ValidationError) return refuse(error.message.replace(/\.$/, ''));
      throw error;
    }
  }

  async #unlessProtected(file: string, permission: EditPermission): Promise<EditPermission> {
    if (!permission.ok) return permission;
    const reason = await this.#writeProtection(file);
    return reason === undefined ? permission : { ok: false, reason, isWriteProtected: true };
  }

  /** Why the permissions on the disk keep the user from writing the file, which accepting a change puts beside it first. */
  async #writeProtection(file: string): Promise<string | undefined> {
    const mode = await modeOf(path.join(this.root, file));
    if (mode !== undefined && (mode & 0o222) === 0) return 'it is write-protected; make it writable first';
    for (let folder = path.posix.dirname(file); ; folder = path.posix.dirname(folder)) {
      try {
        await access(path.join(this.root, folder), constants.W_OK | constants.X_OK);
        return undefined;
      } catch (error) {
        if (isAbsence(error) && folder !== '.') continue;
        const name = folder === '.' ? 'the workspace' : `the folder ${folder}`;
        return `${name} can only be read; make it writable for you first`;
      }
    }
  }

  async #isHidden(file: string, isFolder: boolean): Promise<boolean> {
    return this.#keptOut.has(file) || mayHoldSecrets(file) || this.#ignoreRules.isIgnored(file, isFolder);
  }

  async #kindOf(folder: string, entry: Dirent): Promise<DirectoryEntry['kind'] | undefined> {
    // What has no path that could be named is not there for agents: nobody could read it.
    if (workspacePathProblem(entry.name) !== undefined) return undefined;
    if (entry.isFile()) return 'file';
    if (entry.isDirectory()) return 'directory';
    if (!entry.isSymbolicLink()) return undefined;
    const place = await this.#locate(folder === '' ? entry.name : `${folder}/${entry.name}`);
    if (place.kind !== 'file' && place.kind !== 'folder') return undefined;
    if (await this.#isHidden(place.realFile, place.kind === 'folder')) return undefined;
    return place.kind === 'file' ? 'file' : 'directory';
  }

  /** Follows links as far as they stay inside, and says what is at the end. */
  async #locate(file: string): Promise<Place> {
    const problem = workspacePathProblem(file) ?? (IS_WINDOWS ? windowsNameProblem(file) : undefined);
    if (problem !== undefined) return { kind: 'outside', reason: problem };
    let folder = this.root;
    const segments = file.split('/');
    for (const [index, segment] of segments.entries()) {
      const absolute = path.join(folder, segment);
      const found = await resolveLinks(absolute);
      if (found === 'nothing') return { kind: 'nothing' };
      if ('reason' in found) return { kind: 'outside', reason: found.reason };
      const relative = path.relative(this.root, found.real);
      if (relative.startsWith('..') || path.isAbsolute(relative))
        return { kind: 'outside', reason: 'goes through a link out of the workspace' };
      const realFile = relative.split(path.sep).join('/');
      if (realFile.split('/').includes('.git'))
        return { kind: 'outside', reason: 'is inside .git, which Trellis never touches' };
      if (index === segments.length - 1) return { kind: found.kind, absolute: found.real, realFile };
      if (found.kind !== 'folder') return { kind: 'belowFile', parent: segments.slice(0, index + 1).join('/') };
      folder = found.real;
    }
    return { kind: 'nothing' };
  }

  async #readVersion(absolute: string, file: string): Promise<FileVersion> {
    // Whatever became a link since it was located is not followed.
    const handle = await open(absolute, constants.O_RDONLY | constants.O_NOFOLLOW).catch((cause: unknown) => {
      throw new ValidationError(`"${file}" ${accessProblem(cause)}.`, { cause });
    });
    try {
      const { size, mode } = await handle.stat();
      if (size > MAX_READ_BYTES)
        throw new ValidationError(
          `"${file}" has ${Math.round(size / 1e6)} MB; files over ${MAX_READ_BYTES / 1e6} MB are not read.`,
        );
      return fileVersion(await handle.readFile(), !IS_WINDOWS && (mode & 0o111) !== 0);
    } finally {
      await handle.close();
    }
  }

  /** What is there under the same path in another case or another form of the same Unicode text. */
  async #twinOf(file: string): Promise<string | undefined> {
    let folder = '';
    for (const segment of file.split('/')) {
      const names = await namesIn(path.join(this.root, folder));
      const twin = names.includes(segment) ? undefined : names.find(name => foldPath(name) === foldPath(segment));
      if (twin !== undefined) return folder === '' ? twin : `${folder}/${twin}`;
      folder = folder === '' ? segment : `${folder}/${segment}`;
    }
    return undefined;
  }
}

/** Why a file that is there as `twin` must not be there as `file` too. */
function twinReason(twin: string, file: string): string {
  if (file.normalize().startsWith(twin.normalize()))
    return `it is there under a name of the same letters in another Unicode form (${twin}); rename that to the composed form (NFC) first`;
  return `it differs from ${twin} only by case, and some systems take the two for one; use that spelling`;
}

function refuse(reason: string): EditPermission {
  return { ok: false, reason };
}

type Place =
  | { readonly kind: 'file' | 'folder' | 'other'; readonly absolute: string; readonly realFile: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'belowFile'; readonly parent: string }
  | { readonly kind: 'outside'; readonly reason: string };

type Resolved =
  | { readonly real: string; readonly kind: 'file' | 'folder' | 'other' }
  | { readonly reason: string }
  | 'nothing';

/** What is at the end of the link, or at `absolute` itself when that is none. */
async function resolveLinks(absolute: string): Promise<Resolved> {
  try {
    const own = await lstat(absolute);
    if (!own.isSymbolicLink()) return { real: absolute, kind: kindOf(own) };
  } catch (error) {
    if (isAbsence(error)) return 'nothing';
    return { reason: accessProblem(error) };
  }
  try {
    const real = await realpath(absolute);
    return { real, kind: kindOf(await lstat(real)) };
  } catch (error) {
    return { reason: isAbsence(error) ? 'is a link that leads nowhere' : accessProblem(error) };
  }
}

function kindOf(stats: Stats): 'file' | 'folder' | 'other' {
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'folder' : 'other';
}

/** The permission bits, or undefined when there is nothing. */
async function modeOf(file: string): Promise<number | undefined> {
  try {
    return (await lstat(file)).mode;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

function isAbsence(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The end of a sentence about a path that the system does not let us at; what we do not know is thrown. */
function accessProblem(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EACCES':
    case 'EPERM':
      return 'cannot be read, permission was denied';
    case 'ENAMETOOLONG':
      return 'is longer than the system allows';
    case 'ELOOP':
      return 'is a link that leads to itself';
    default:
      throw error;
  }
}
