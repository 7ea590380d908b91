import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A new folder in `parent` for each test of the enclosing `describe`, removed after it. Returns the path of the present one. */
export function useTemporaryDirectory(parent = tmpdir()): () => string {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(path.join(parent, 'trellis-test-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  return () => directory;
}
