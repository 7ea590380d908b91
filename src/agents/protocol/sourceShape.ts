// Tells source code from prose without parsing it: a reply without any block is taken as a file only when it is code.
// It errs towards prose, which costs one more turn; the other way round prose would be written into a file.

/**
 * Whether all of `text` is plausibly the content of a file in `language` (a family as `languageOfFile` names it;
 * undefined: any). Prose before or after code makes it false.
 */
export function looksLikeSource(text: string, language: string | undefined): boolean {
  switch (language) {
    case 'text':
      return false;
    case 'markdown':
      return /^(?:#{1,6} \S|---\n)/.test(text.trimStart());
    case 'json':
      return isJson(text);
    case 'markup':
      return /^\s*<[a-z!?][^]*>\s*$/i.test(text);
    case 'yaml':
      return everyLineIs(
        text,
        /^\s*(?:#|-(?:\s+[^`\s]|$)|---|\.\.\.|["']?[\w./-]+["']?\s*:(?:\s|$)|[}\]])|^\s{2,}\S/,
        /^["']?[\w./-]+["']?\s*:(?:\s|$)/,
      );
    case 'toml':
      return everyLineIs(
        text,
        /^\s*(?:[#;]|\[.*\]|["']?[\w.-]+["']?\s*=|[}\]])|^\s{2,}\S/,
        /^\s*(?:\[[^\]]+\]|["']?[\w.-]+["']?\s*=)/,
      );
    default:
      return isMostlyCode(text, language);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return /^\s*[[{]/.test(text);
  } catch {
    return false;
  }
}

/** Every line is of `shape`, and at least one is `telling`; a single line is too little to tell `Note: a sentence` from data. */
function everyLineIs(text: string, shape: RegExp, telling: RegExp): boolean {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const isWritten = /`|\]\(|^[A-Z]\w*: .*[a-z][.!?]$/m.test(text);
  return (
    !isWritten && lines.length >= 2 && lines.every(line => shape.test(line)) && lines.some(line => telling.test(line))
  );
}

function isMostlyCode(text: string, language: string | undefined): boolean {
  const lines = significantLines(text, language);
  const first = lines[0];
  const last = lines.at(-1);
  if (first === undefined || last === undefined || isProse(first) || isProse(last)) return false;
  const prose = lines.filter(isProse).length;
  const code = lines.filter(line => !isProse(line) && isCode(line)).length;
  return prose <= lines.length * 0.1 && code >= lines.length * 0.5;
}

/** The lines that are neither blank nor inside of a comment or a long string, both of which hold prose by right. */
function significantLines(text: string, language: string | undefined): string[] {
  const blocks = language === 'python' ? /("""|''')[^]*?(?:\1|$(?![^]))/g : /\/\*[^]*?(?:\*\/|$(?![^]))|`[^`]*`/g;
  const comment =
    language === 'python' || language === 'shell' || language === 'ruby' ? /^\s*#/ : /^\s*(?:\/\/|#|--|;)/;
  const stripped = text.replaceAll(blocks, block => (block.startsWith('/*') ? '/**/' : '``'));
  const lines = stripped.split('\n').map(shortened);
  return lines.filter(line => line.trim() !== '' && !comment.test(line));
}

/** The beginning and the end of a long line say what it is; the patterns need not run over all of it. */
function shortened(line: string): string {
  return line.length <= 300 ? line : `${line.slice(0, 200)}${line.slice(-100)}`;
}

const markdownPattern = /^\s*(?:(?:[-*•>]|\d{1,3}[.)])\s+\S|\*\*\S)|\]\(https?:/;
const wordPattern = /^[("'“‘*_`]*[A-Za-z][A-Za-z'’-]*[)"'”’*_`]*[.,:;!?…]*$/;

/** A point of a list, or a sentence: at least four words with hardly anything else. */
function isProse(line: string): boolean {
  if (markdownPattern.test(line)) return true;
  const text = line.trim();
  const tokens = text.split(/\s+/);
  if (tokens.length < 4 || isStatement(line)) return false;
  const words = tokens.filter(token => wordPattern.test(token)).length;
  const isSentence = /^["'“(*_]*(?:[A-Z][a-z'’]*\b(?![(.=])|I\b)/.test(text) || /[a-z)"'”`][.!?:…]$/.test(text);
  if (isSentence) return words >= tokens.length * 0.6;
  return words === tokens.length && !/^\s/.test(line);
}

const statementPatterns: readonly RegExp[] = [
  /^\s*(?:from\s+[\w.]+\s+import\b|import\s+[\w.]+(?:\s+as\s+\w+)?(?:\s*,|$)|import\s.*["'];?$)/,
  /^\s*(?:async\s+)?(?:def|class)\s+\w+\s*(?:\(.*|:)$/,
  /^\s*for\s+[\w, ()]+\s+in\s+\S.*:$/,
  /^\s*(?:if|elif|while|with|except|match|case)\b.*[()[\].=_<>!"'].*:$/,
  /^\s+(?:if|elif|while|with|except|match|case|else|try|finally)\b.*:$/,
  /^(?:if|elif|while|with|except|match|case|else|try|finally)\s*(?:\S+\s+){0,2}\S*:$/,
  /^\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|FROM|WHERE|JOIN|WITH)\b/,
  /^\s*[A-Za-z_$][\w$.[\]"']*\s*(?::\s*[\w[\]., |"']+)?\s*(?:[-+*/%|&^]|\*\*|\/\/|<<|>>|\?\?|\|\||&&|:)?=[^=]/,
  /^\s*#\s*(?:include|define|undef|pragma|if|ifdef|ifndef|else|endif)\b/,
];

function isStatement(line: string): boolean {
  return statementPatterns.some(pattern => pattern.test(line));
}

const codePatterns: readonly RegExp[] = [
  /[;{}()[\]\\,]$|\S\s*=>$/,
  /^\s*(?:[}\])@]|\/\*\*\/|``(?:$|[;,).\]]))/,
  /^\s*(?:import|from|export|package|use|using|include|require|module|namespace|return|raise|throw|yield|pass|break|continue|await|assert|del)\b/,
  /^\s*(?:const|let|var|val|function|fn|func|fun|pub|public|private|protected|static|struct|enum|interface|type|impl|trait|end|begin)\b/,
  /^\s*[A-Za-z_$][\w$.:]*\(.*\)$/,
  /^\s*["'].*["']$/,
];

function isCode(line: string): boolean {
  if (isStatement(line)) return true;
  const text = line.replace(/\s+(?:#|\/\/).*$/, '').trimEnd();
  return codePatterns.some(pattern => pattern.test(text));
}
