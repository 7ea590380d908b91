import { readFile } from 'node:fs/promises';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** Folders that are no part of any change, whatever the ignore files say. */
const NEVER_PART = new Set(['.git', '.trellis', 'node_modules']);
/** In the order of their say: what a later one brings back is back. */
const IGNORE_FILES = ['.gitignore', '.trellisignore'];

/** The workspace's `.gitignore` and `.trellisignore` files, read when first needed and then kept. */
export class IgnoreRules {
  readonly #root: string;
  readonly #byFolder = new Map<string, Promise<Ignore | undefined>>();

  /** `root`: the workspace's real path. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Whether `file` (relative, with `/`) is ignored itself or lies in an ignored folder. */
  async isIgnored(file: string, isFolder: boolean): Promise<boolean> {
    const segments = file.split('/');
    for (let count = 1; count <= segments.length; count++) {
      const name = segments[count - 1] ?? '';
      if (NEVER_PART.has(name.toLowerCase())) return true;
      if (await this.#isIgnoredHere(segments.slice(0, count), isFolder || count < segments.length)) return true;
    }
    return false;
  }

  /** Asks the ignore files from the workspace's down to the one beside the file; the last that has a say decides. */
  async #isIgnoredHere(segments: readonly string[], isFolder: boolean): Promise<boolean> {
    let isIgnored = false;
    for (let depth = 0; depth < segments.length; depth++) {
      const rules = await this.#rulesOf(segments.slice(0, depth).join('/'));
      if (!rules) continue;
      const relative = segments.slice(depth).join('/');
      const verdict = rules.test(isFolder ? `${relative}/` : relative);
      if (verdict.ignored) isIgnored = true;
      else if (verdict.unignored) isIgnored = false;
    }
    return isIgnored;
  }

  #rulesOf(folder: string): Promise<Ignore | undefined> {
    let rules = this.#byFolder.get(folder);
    if (!rules) {
      rules = this.#load(folder);
      this.#byFolder.set(folder, rules);
    }
    return rules;
  }

  async #load(folder: string): Promise<Ignore | undefined> {
    const files = IGNORE_FILES.map(name => path.join(this.#root, folder, name));
    if (folder === '') files.unshift(path.join(this.#root, '.git', 'info', 'exclude'));
    const texts = await Promise.all(files.map(textOrNothing));
    if (texts.every(text => text === '')) return undefined;
    const rules = ignore({ ignorecase: process.platform === 'win32' || process.platform === 'darwin' });
    for (const text of texts) rules.add(text);
    return rules;
  }
}

async function textOrNothing(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return '';
    throw error;
  }
}
