import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Holds `actual` against the file at `file` (relative to test/). A missing file, or `UPDATE_GOLDEN=1`, writes it: the
 * change then shows in the diff. A missing file fails all the same, so that nothing passes unseen.
 */
export function assertGolden(file: string, actual: string): void {
  const target = path.join(import.meta.dirname, '..', file);
  const text = `${actual.trimEnd()}\n`;
  const isMissing = !existsSync(target);
  if (isMissing || process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  assert.ok(!isMissing, `${file} was missing; it was written now: look at it and run the test again`);
  assert.equal(text, readFileSync(target, 'utf8'));
}
