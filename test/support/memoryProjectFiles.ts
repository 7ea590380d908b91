import { ValidationError } from '../../src/base/errors.ts';
import type { ProjectFiles } from '../../src/planning/planner.ts';

/** A workspace of the given texts; a path under `forbidden` throws, as a link out of the workspace does. */
export function memoryProjectFiles(
  texts: Readonly<Record<string, string>>,
  forbidden: readonly string[] = [],
): ProjectFiles & { readonly readPaths: string[] } {
  const paths = Object.keys(texts).toSorted();
  const readPaths: string[] = [];
  return {
    readPaths,
    paths: async () => paths,
    readText: async path => {
      readPaths.push(path);
      return Object.hasOwn(texts, path) ? texts[path] : undefined;
    },
    kindOf: async path => {
      if (forbidden.includes(path)) throw new ValidationError(`"${path}" is a link that leads out of the workspace.`);
      if (Object.hasOwn(texts, path)) return 'file';
      return paths.some(other => other.startsWith(`${path}/`)) ? 'directory' : undefined;
    },
  };
}
