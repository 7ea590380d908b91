import { z } from 'zod';
import type { ContextCollector, ProjectContext, ProjectFiles } from '../../planning/planner.ts';
import type { Observer } from './observer.ts';

const contextSchema: z.ZodType<ProjectContext> = z.strictObject({
  languages: z.array(z.string()),
  frameworks: z.array(z.string()),
  testCommand: z.string().optional(),
  conventions: z.array(z.string()),
  rules: z.array(z.strictObject({ path: z.string(), text: z.string() })),
  relevantFiles: z.array(z.strictObject({ path: z.string(), excerpt: z.string().optional() })),
  layout: z.string(),
}) as z.ZodType<ProjectContext>;

/** Keeps what was collected; not what it was collected from, which can be thousands of files. */
export function observedContext(collector: ContextCollector, observer: Observer): ContextCollector {
  return {
    collect: (request, options) =>
      observer.observe({ what: 'context', subject: [], schema: contextSchema }, () =>
        collector.collect(request, options),
      ),
  };
}

/** The files of the project as a planner asks for them. */
export function observedProjectFiles(files: ProjectFiles, observer: Observer): ProjectFiles {
  const pathsSchema = z.array(z.string());
  const kindSchema = z.enum(['file', 'directory']).nullable();
  return {
    paths: () =>
      observer.observe({ what: 'paths', subject: [], schema: pathsSchema }, async () => [...(await files.paths())]),
    kindOf: async path => {
      const look = { what: 'kind', subject: [path], schema: kindSchema } as const;
      return (await observer.observe(look, async () => (await files.kindOf(path)) ?? null)) ?? undefined;
    },
    readText: async path => {
      const look = { what: 'text', subject: [path], schema: z.string().nullable() } as const;
      return (await observer.observe(look, async () => (await files.readText(path)) ?? null)) ?? undefined;
    },
  };
}
