import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      resolved: z.string().optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
const lock = lockSchema.parse(
  JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../../package-lock.json'), 'utf8')),
);

/** Whether `name`, required by the package installed at `from`, is in the lock, in Node's order of look-up. */
function isLocked(from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (`${folder}/node_modules/${name}`.replace(/^\//, '') in lock.packages) return true;
    if (folder === '') return false;
  }
}

describe('package-lock.json', () => {
  it('names no registry, so that every machine asks its own', () => {
    const named = Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined);
    assert.deepEqual(named, []);
  });

  it('holds the packages of every platform, without which `npm ci` refuses it', () => {
    const missing = Object.entries(lock.packages).flatMap(([folder, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {}).filter(name => !isLocked(folder, name)),
    );
    assert.deepEqual(missing, []);
  });
});
