import path from 'node:path/posix';
import type { LoopBreather } from '../../base/loopBreather.ts';
import { languageOf } from '../../domain/language.ts';
import type { ProjectPath } from './projectPath.ts';

/** Imports stand at the top; what comes later in a long file is not looked at. */
const maxLength = 20_000;
const maxImports = 100;

/** What a file says it imports, as it is written there; of languages whose imports name files. */
export function importsOf(filePath: string, text: string): string[] {
  const head = text.slice(0, maxLength);
  switch (languageOf(filePath)) {
    case 'javascript':
    case 'typescript':
    case 'vue':
    case 'svelte':
    case 'astro':
      return allOf(head, /(?:\bfrom|\bimport|\brequire\(|\bimport\()\s*['"](\.{1,2}\/[^'"\n]+)['"]/g);
    case 'python':
      return allOf(head, /^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w.]+))/gm);
    case 'c':
    case 'cpp':
      return allOf(head, /^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"/gm);
    default:
      return [];
  }
}

function allOf(text: string, pattern: RegExp): string[] {
  const found = new Set<string>();
  for (const match of text.matchAll(pattern)) {
    found.add(match[1] ?? match[2] ?? '');
    if (found.size === maxImports) break;
  }
  return [...found];
}

/** Finds the files that imports mean, among the files of the workspace. */
export class ImportResolver {
  readonly #paths: ReadonlySet<string>;
  /** By module path without extension, and by each of its ends: `a/b`, `b`. Python only. */
  readonly #modules: ReadonlyMap<string, string>;

  private constructor(paths: ReadonlySet<string>, modules: ReadonlyMap<string, string>) {
    this.#paths = paths;
    this.#modules = modules;
  }

  static async create(paths: readonly ProjectPath[], breather: LoopBreather): Promise<ImportResolver> {
    const modules = new Map<string, string>();
    for (const { path: filePath, language } of paths) {
      if (language !== 'python') continue;
      await breather.breathe();
      const segments = filePath.replace(/(?:\/__init__)?\.pyi?$/, '').split('/');
      for (let start = 0; start < segments.length; start++) {
        const key = segments.slice(start).join('/');
        if (!modules.has(key)) modules.set(key, filePath);
      }
    }
    return new ImportResolver(new Set(paths.map(file => file.path)), modules);
  }

  /** The file that `specifier` in `from` means; undefined for a package, and for what is not there. */
  resolve(from: string, specifier: string): string | undefined {
    const folder = path.dirname(from);
    switch (languageOf(from)) {
      case 'python':
        return this.#resolvePython(folder, specifier);
      case 'c':
      case 'cpp':
        return this.#first([path.join(folder, specifier), path.normalize(specifier)]);
      default:
        return this.#resolveScript(path.join(folder, specifier));
    }
  }

  #resolveScript(target: string): string | undefined {
    const stem = target.replace(/\.[cm]?jsx?$/, '');
    const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.vue', '.svelte'];
    return this.#first([
      target,
      ...extensions.map(extension => stem + extension),
      ...extensions.map(extension => `${target}/index${extension}`),
    ]);
  }

  #resolvePython(folder: string, specifier: string): string | undefined {
    const dots = /^\.*/.exec(specifier)?.[0].length ?? 0;
    const rest = specifier.slice(dots).replaceAll('.', '/');
    if (dots === 0) return this.#modules.get(rest);
    const base = path.join(folder, ...Array.from({ length: dots - 1 }, () => '..'), rest);
    return this.#first([`${base}.py`, `${base}/__init__.py`]);
  }

  #first(candidates: readonly string[]): string | undefined {
    return candidates.find(candidate => this.#paths.has(candidate));
  }
}
