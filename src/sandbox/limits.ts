import { ValidationError } from '../base/errors.ts';
import type { SandboxLimits } from './sandbox.ts';

const MIB = 1024 * 1024;

/**
 * What a project's test run gets when nothing else is said: room for a type checker and a few workers, and no room to
 * harm the machine.
 */
export const defaultSandboxLimits: SandboxLimits = {
  wallTimeMs: 120_000,
  cpuTimeMs: 240_000,
  memoryBytes: 2048 * MIB,
  processes: 512,
  fileSizeBytes: 256 * MIB,
  openFiles: 4096,
  outputBytes: 16 * MIB,
  diskBytes: 1024 * MIB,
};

/** The limits with some of them replaced. Throws `ValidationError` for one that is not a positive whole number. */
export function withLimits(base: SandboxLimits, overrides: Partial<SandboxLimits> | undefined): SandboxLimits {
  for (const [name, value] of Object.entries(overrides ?? {})) {
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new ValidationError(`The sandbox limit ${name} is ${value}; it must be a whole number over 0.`);
    }
  }
  return { ...base, ...overrides };
}
