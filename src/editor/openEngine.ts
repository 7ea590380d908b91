import { ConfigurationError } from '../base/errors.ts';
import type { Engine, WorkspaceRoot } from './engine.ts';

/** Builds the engine for a folder. Throws `ConfigurationError` or `StorageError`. */
export function openEngine(_root: WorkspaceRoot): Promise<Engine> {
  return Promise.reject(new ConfigurationError('This build of Trellis has no engine yet: install a later one.'));
}
