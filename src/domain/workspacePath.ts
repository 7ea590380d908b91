/** With any ending; a device also with a superscript digit, and where spaces follow its name. */
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³])\s*(?:\..*)?$/i;
const NO_WINDOWS_NAME = /[<>:"|?*]/;

/**
 * Why `path` cannot name a file inside a workspace, as the end of a sentence, or undefined when it can. Purely lexical;
 * links are resolved where the file is touched.
 *
 * A workspace path is relative, with `/`, and means the same file on every platform that can have it.
 */
export function workspacePathProblem(path: string): string | undefined {
  if (path.trim() === '') return 'is empty';
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'has a control character in it';
  if (path.startsWith('/') || path.startsWith('\\') || /^[a-z]:/i.test(path))
    return 'is absolute; it must be relative to the workspace';
  if (path.includes('\\')) return 'has a backslash in it; use "/"';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) return 'is a URL, not a path';
  if (/%(2e|2f|5c|00)/i.test(path)) return 'is percent-encoded';
  const segments = path.split('/');
  if (segments.includes('..')) return 'leads out of the workspace';
  if (path.endsWith('/')) return 'names a folder, not a file';
  if (segments.some(segment => segment === '' || segment === '.')) return 'has an empty or "." segment in it';
  if (segments.some(segment => segment.toLowerCase() === '.git')) return 'is inside .git, which Trellis never touches';
  if (segments.some(segment => /[. ]$/.test(segment))) return 'has a segment that ends in a dot or a space';
  return undefined;
}

/**
 * Why Windows cannot have a file of that name, as the end of a sentence, or undefined when it can. There the name reaches
 * a device or another stream of a file, so it must not be touched at all. Elsewhere it is a file like any other, and
 * repositories have such (`aux.c`): those can be read and edited, but no agent makes one, since the repository could not
 * be checked out on Windows any more.
 */
export function windowsNameProblem(path: string): string | undefined {
  const segments = path.split('/');
  if (segments.some(segment => WINDOWS_DEVICE.test(segment))) return 'names a device on Windows';
  if (NO_WINDOWS_NAME.test(path)) return 'has one of the signs < > : " | ? * in it, which no file on Windows can have';
  return undefined;
}

/** `./src//a.ts` → `src/a.ts`: the harmless spellings that models use, brought to the one that is stored. */
export function normalizeWorkspacePath(path: string): string {
  const trimmed = path.trim();
  if (trimmed.startsWith('/')) return trimmed;
  return trimmed
    .split('/')
    .filter(segment => segment !== '' && segment !== '.')
    .join('/');
}
