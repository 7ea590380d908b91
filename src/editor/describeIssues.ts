import type { z } from 'zod';

/** All that is wrong, as one clause: `plan.items.0.description: must not be empty; …`. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`))
    .join('; ');
}
