import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ValidationError } from '../base/errors.ts';
import type { TextEditor } from './review/reviewDialog.ts';

/**
 * Opens texts in the editor that `VISUAL` or `EDITOR` names, as git does: a command of the user's own for the shell.
 * Throws `ValidationError` when there is none, or when it fails.
 */
export function externalEditor(environment: Readonly<Record<string, string | undefined>>): TextEditor {
  return async (text, name, { signal }) => {
    const editor = environment['VISUAL']?.trim() || environment['EDITOR']?.trim();
    if (!editor) throw new ValidationError('There is no editor to edit in; name one in the variable EDITOR.');
    const folder = await mkdtemp(path.join(tmpdir(), 'trellis-review-'));
    try {
      const file = path.join(folder, path.posix.basename(name));
      await writeFile(file, text, { mode: 0o600 });
      const child = spawn('sh', ['-c', `${editor} "$@"`, 'sh', file], { stdio: 'inherit', signal });
      const [code] = (await once(child, 'close', { signal })) as [number | null];
      if (code !== 0) throw new ValidationError(`The editor "${editor}" failed, so the text is as it was.`);
      return await readFile(file, 'utf8');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}
