// Recognises a line that says which file a block belongs to, in the ways models decorate it.
import { languageOf } from '../../domain/language.ts';

/** Characters; no path is longer. */
const MAX_LENGTH = 400;
const LABEL = /^(?:file ?name|file ?path|path|file|new file|create|update|edit|modify)\s*[:=]\s*/i;
const NOTE = /\s+(?:\((?:new|new file|updated?|modified|existing|created?)\)|[-–—]\s*(?:new|new file))$/i;
const BARE_NAMES = new Set(
  'makefile dockerfile containerfile license licence readme changelog authors notice procfile gemfile rakefile brewfile justfile vagrantfile jenkinsfile codeowners cname pipfile caddyfile tiltfile'.split(
    ' ',
  ),
);

/** The path that `line` consists of, whatever is around it: a heading, list, bold or quote sign, a label, a colon. */
export function pathFromLine(line: string): string | undefined {
  let text = line.trim();
  if (text === '' || text.length > MAX_LENGTH) return undefined;
  text = text
    .replace(/^(?:#{1,6}\s+|>\s+|[-*+]\s+|\d+[.)]\s+)+/, '')
    .replace(/^\*\*([^*]+:)\*\*\s*/, '$1 ')
    .replace(/^(\*\*|__)(.*)\1(:?)$/, '$2$3')
    .replace(/:$/, '')
    .replace(/^(\*\*|__)(.*)\1$/, '$2')
    .replace(/^\[([^\]]+)\]\([^()]*\)$/, '$1')
    .trim();
  const label = LABEL.exec(text)?.[0] ?? '';
  text = text
    .slice(label.length)
    .replace(NOTE, '')
    .replace(/:$/, '')
    .replace(/^\*\*\s*/, '')
    .trim();
  const quoted = /^(?:`([^`]+)`|"([^"]+)"|'([^']+)'|\*\*([^*]+)\*\*)$/.exec(text);
  const [, inBackticks, inDoubleQuotes, inSingleQuotes, inBold] = quoted ?? [];
  const inner = inBackticks ?? inDoubleQuotes ?? inSingleQuotes ?? inBold ?? text;
  const path = inner.replace(NOTE, '').trim();
  return looksLikePath(path, quoted !== null || label !== '') ? path : undefined;
}

/** A line that leads to what is below it. */
const LEADS_ON = /[:：]\W*$|^\s*#{1,6}\s|^\s*(\*\*|__).*\1\s*$|^\s*\S+(?:\s+\S+){0,2}\s*$/;

/**
 * The file that `line` leads to without being a path line (`Now for src/b.ts:`), where that is another than `path`. What
 * stands below it may be for either, so it must not be taken for an edit of `path`.
 */
export function otherFileLedTo(line: string, path: string): string | undefined {
  if (line.length > MAX_LENGTH || !LEADS_ON.test(line) || /[.!?]\s*$/.test(line)) return undefined;
  const named = line
    .split(/[\s`"'()[\]*<>=]+/)
    .map(word => word.replace(/^[.]\/|[,;:：]+$/g, ''))
    .filter(word => looksLikePath(word, false) && languageOf(word) !== '');
  const isSame = (other: string) => path === other || path.endsWith(`/${other}`) || other.endsWith(`/${path}`);
  return named.some(isSame) ? undefined : named[0];
}

/** A path that a comment consists of (`// src/a.ts`, `# src/a.py`, `<!-- a.html -->`). */
export function pathFromComment(line: string): string | undefined {
  const text = line.trim();
  const start = /^(?:\/\/|#|--|;|<!--|\/\*)/.exec(text)?.[0];
  return start === undefined ? undefined : pathFromLine(text.slice(start.length).replace(/(?:-->|\*\/)$/, ''));
}

/** The path in a fence's info: `ts src/a.ts`, `ts:src/a.ts`, `src/a.ts`, `ts title="src/a.ts"`. */
export function pathFromInfo(info: string): string | undefined {
  if (info.length > MAX_LENGTH) return undefined;
  const attribute = /(?:title|file|filename|path)\s*=\s*["']?([^"'}\s]+)["']?/i.exec(info)?.[1];
  if (attribute !== undefined) return looksLikePath(attribute, true) ? attribute : undefined;
  const [first = '', ...rest] = info.split(/\s+/);
  const afterColon = /^[\w+#-]+:(.+)$/.exec(first)?.[1];
  for (const candidate of [afterColon, ...rest, first]) {
    if (candidate === undefined) continue;
    const path = candidate.replace(/^[`"'([{]+|[`"')\]}]+$/g, '');
    const hasExtensionOrFolder = /[/\\]|\.[a-z]/i.test(path);
    if (hasExtensionOrFolder && looksLikePath(path, false)) return path;
  }
  return undefined;
}

/** `isMarked`: something around it says that it is a path, so it may have spaces and needs no extension. */
export function looksLikePath(text: string, isMarked: boolean): boolean {
  if (text === '' || /[<>"|?*`\u0000-\u001f]/.test(text) || text.includes('://')) return false;
  if (/\s/.test(text) && !(isMarked && /\.[a-z]\w*$/i.test(text))) return false;
  if (/[,;!]$|^[-=+~.]+$/.test(text)) return false;
  const name = text.split(/[/\\]/).at(-1) ?? '';
  const hasExtension = /^\.?[^.\s].*\.[a-z][\w-]{0,15}$/i.test(name) || /^\.[a-z][\w.-]+$/i.test(name);
  if (hasExtension || BARE_NAMES.has(name.toLowerCase())) return true;
  if (isMarked) return /^[\w./\\@-]+$/.test(text) && /[a-z]/i.test(text);
  return /^[\w.@~%[\]()+-]+(?:[/\\][\w.@~%[\]()+-]+)+$/.test(text) || /^[/\\]\w/.test(text);
}
