import { execFile } from 'node:child_process';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isBelow } from './bubblewrap.ts';
import { findProgram } from './systemTools.ts';

/** Languages' programs that lie outside of `/usr`, where version managers put them. */
export interface Toolchains {
  /** Folders that hold the programs, best first. */
  readonly searchPath: readonly string[];
  /** Folders of the host that the sandbox must see, read-only; none is the home folder or above it. */
  readonly folders: readonly string[];
}

export interface ToolchainHost {
  readonly home: string | undefined;
  /** The user's `PATH`. */
  readonly searchPath: string | undefined;
  /** The program that runs Trellis, when it is Node itself and not an editor; used where there is none on the `PATH`. */
  readonly nodeExecutable: string | undefined;
  /** Variables that version managers read. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const VIRTUAL_ENVIRONMENTS = ['.venv', 'venv'];
/** A version manager's stand-in may take a while to find the program that it stands for. */
const ASK_TIMEOUT_MS = 5000;
const NODE_QUESTION = ['-p', 'process.execPath'];
const PYTHON_QUESTION = ['-I', '-S', '-c', 'import sys; print(sys.executable, sys.prefix, sys.base_prefix, sep="\\n")'];

interface Installations {
  readonly executables: readonly string[];
  readonly prefixes: readonly string[];
}

/**
 * Finds what `node` and `python3` on the user's `PATH` really are, by asking them: a version manager's stand-in runs the real
 * program, which knows where it is installed. Each is asked once, since that takes a while. Programs inside the workspace
 * are not run; they are in the sandbox anyhow.
 */
export class ToolchainFinder {
  readonly #host: ToolchainHost;
  readonly #answers = new Map<string, Promise<Installations>>();

  constructor(host: ToolchainHost) {
    this.#host = host;
  }

  /** What a sandbox with the workspace `root` needs. */
  async find(root: string): Promise<Toolchains> {
    const folders = (this.#host.searchPath ?? '')
      .split(':')
      .filter(folder => path.isAbsolute(folder) && !isBelow(folder, root));
    const [installed, environments] = await Promise.all([this.#installed(folders), virtualEnvironments(root)]);
    const prefixes = [...installed.prefixes, ...environments.basePrefixes];
    const accepted = await Promise.all(prefixes.map(prefix => acceptedFolder(prefix, this.#host.home, root)));
    return {
      searchPath: unique([...environments.programFolders, ...installed.executables.map(file => path.dirname(file))]),
      folders: withoutNested(unique(accepted.filter(folder => folder !== undefined))),
    };
  }

  #installed(folders: readonly string[]): Promise<Installations> {
    const key = folders.join(':');
    const answer = this.#answers.get(key) ?? installations(this.#host, folders);
    this.#answers.set(key, answer);
    return answer;
  }
}

async function installations(host: ToolchainHost, folders: readonly string[]): Promise<Installations> {
  const [[node], [python, ...pythonPrefixes]] = await Promise.all([
    ask(host, folders, 'node', NODE_QUESTION),
    ask(host, folders, 'python3', PYTHON_QUESTION),
  ]);
  const executables = [node ?? host.nodeExecutable, python].filter(file => file !== undefined);
  return { executables, prefixes: [...executables.map(installationOf), ...pythonPrefixes] };
}

/** What a program on the `PATH` prints, line by line; nothing when it is not there or fails. */
async function ask(
  host: ToolchainHost,
  folders: readonly string[],
  name: string,
  question: readonly string[],
): Promise<string[]> {
  const file = await findProgram(name, folders);
  if (file === undefined) return [];
  const environment = { ...host.environment, PATH: folders.join(':') };
  return new Promise(resolve => {
    execFile(file, question, { cwd: '/', env: environment, timeout: ASK_TIMEOUT_MS }, (error, stdout) => {
      resolve(error === null ? stdout.split('\n').filter(line => path.isAbsolute(line)) : []);
    });
  });
}

/** Virtual environments in the workspace, with the Python installations that they were made from. */
async function virtualEnvironments(root: string) {
  const programFolders: string[] = [];
  const basePrefixes: string[] = [];
  for (const name of VIRTUAL_ENVIRONMENTS) {
    const home = await pythonHome(path.join(root, name, 'pyvenv.cfg'));
    if (home === undefined) continue;
    programFolders.push(path.join(root, name, 'bin'));
    const prefix = path.dirname(home);
    if (await isPythonInstallation(prefix)) basePrefixes.push(prefix);
  }
  return { programFolders, basePrefixes };
}

async function pythonHome(configurationFile: string): Promise<string | undefined> {
  try {
    const text = await readFile(configurationFile, 'utf8');
    const home = /^home\s*=\s*(\S.*)$/m.exec(text)?.[1]?.trim();
    return home !== undefined && path.isAbsolute(home) ? home : undefined;
  } catch {
    return undefined; // no virtual environment of that name
  }
}

/** The workspace names the folder, so it must prove to be what it should: else a project could show itself any folder. */
async function isPythonInstallation(prefix: string): Promise<boolean> {
  try {
    await stat(path.join(prefix, 'bin', 'python3'));
    const libraries = await readdir(path.join(prefix, 'lib'));
    const version = libraries.find(name => /^python3\.\d+$/.test(name));
    if (version === undefined) return false;
    await stat(path.join(prefix, 'lib', version, 'os.py'));
    return true;
  } catch {
    return false; // one of its parts is missing
  }
}

/** `/opt/node/bin/node` belongs to `/opt/node`; a program elsewhere stands alone in its folder. */
function installationOf(executable: string): string {
  const folder = path.dirname(executable);
  return path.basename(folder) === 'bin' ? path.dirname(folder) : folder;
}

/** The folder with its links resolved, or undefined when it is in the sandbox anyhow or would show too much. */
async function acceptedFolder(folder: string, home: string | undefined, root: string): Promise<string | undefined> {
  let real: string;
  try {
    real = await realpath(folder);
  } catch {
    return undefined; // uninstalled meanwhile
  }
  const showsTooMuch = real === '/' || (home !== undefined && isBelow(home, real)) || isBelow(root, real);
  return showsTooMuch || isBelow(real, '/usr') || isBelow(real, root) ? undefined : real;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function withoutNested(folders: readonly string[]): string[] {
  return folders.filter(folder => !folders.some(other => other !== folder && isBelow(folder, other)));
}
