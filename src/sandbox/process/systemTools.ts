import { access, constants } from 'node:fs/promises';
import path from 'node:path';

const TOOL_PACKAGES = {
  bash: 'bash',
  bwrap: 'bubblewrap',
  nsenter: 'util-linux',
  prlimit: 'util-linux',
  setpriv: 'util-linux',
  unshare: 'util-linux',
} as const;

/** Where the programs are that the process tier is made of. */
export type SystemTools = Readonly<Record<keyof typeof TOOL_PACKAGES, string>>;

/**
 * Only folders that the administrator fills: a `bwrap` found by the user's `PATH` could be the project's own.
 */
const SYSTEM_FOLDERS = ['/usr/bin', '/usr/sbin', '/bin', '/sbin'];

export type SystemToolsResult =
  | { readonly ok: true; readonly tools: SystemTools }
  /** Debian's names of the packages to install. */
  | { readonly ok: false; readonly missing: readonly string[]; readonly packages: readonly string[] };

/** Looks the tools up in `folders`. */
export async function findSystemTools(folders: readonly string[] = SYSTEM_FOLDERS): Promise<SystemToolsResult> {
  const names = Object.keys(TOOL_PACKAGES) as (keyof typeof TOOL_PACKAGES)[];
  const found = await Promise.all(names.map(async name => [name, await findProgram(name, folders)] as const));
  const missing = found.filter(([, file]) => file === undefined).map(([name]) => name);
  if (missing.length > 0) {
    return { ok: false, missing, packages: [...new Set(missing.map(name => TOOL_PACKAGES[name]))] };
  }
  return { ok: true, tools: Object.fromEntries(found) as SystemTools };
}

/** The first executable file of that name in `folders`, by absolute path. */
export async function findProgram(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const file = path.join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there or not for us: both mean "look on"
  }
}
