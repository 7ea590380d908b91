/** The words of one simple command, quotes and backslashes read as the shell reads them. */
export type SimpleCommand = readonly string[];

/**
 * Takes a POSIX shell command apart into its simple commands, in whatever list, pipeline, group, substitution or
 * unquoted here-document they stand; redirections are left out. It does not expand anything: `$name` stays as it is.
 * Undefined when it cannot be read with certainty: a quote, a substitution or a here-document is never closed.
 */
export function simpleCommands(command: string): readonly SimpleCommand[] | undefined {
  const scanner = new ShellScanner(command, 0, false, 0);
  return scanner.scan() ? scanner.commands : undefined;
}

/** Deeper ones are nobody's honest command. */
const deepestSubstitution = 20;

interface HereDocument {
  readonly delimiter: string;
  readonly isQuoted: boolean;
  readonly stripsTabs: boolean;
}

class ShellScanner {
  readonly commands: SimpleCommand[] = [];
  readonly #text: string;
  readonly #isSubstitution: boolean;
  readonly #depth: number;
  #at: number;
  #openGroups = 0;
  #words: string[] = [];
  #word: string | undefined;
  #isTarget = false;
  readonly #hereDocuments: HereDocument[] = [];

  /** Scans from `start` to the end of the text, or to the parenthesis that closes the substitution it is in. */
  constructor(text: string, start: number, isSubstitution: boolean, depth: number) {
    this.#text = text;
    this.#depth = depth;
    this.#at = start;
    this.#isSubstitution = isSubstitution;
  }

  /** Where the scan ended. */
  get end(): number {
    return this.#at;
  }

  /** False when something is never closed. */
  scan(): boolean {
    if (this.#depth > deepestSubstitution) return false;
    while (this.#at < this.#text.length) {
      if (this.#isSubstitution && this.#openGroups === 0 && this.#text[this.#at] === ')') {
        this.#at += 1;
        return this.#finish();
      }
      if (!this.#step(this.#text[this.#at] ?? '')) return false;
    }
    return this.#finish() && !this.#isSubstitution;
  }

  #finish(): boolean {
    this.#endCommand();
    return this.#hereDocuments.length === 0;
  }

  #step(character: string): boolean {
    switch (character) {
      case '\\':
        return this.#escape();
      case "'":
        return this.#singleQuoted();
      case '"':
        return this.#doubleQuoted();
      case '`':
        return this.#backquoted();
      case '$':
        return this.#dollar(false);
      case '<':
      case '>':
        return this.#redirection();
      case '\n':
        this.#endCommand();
        this.#at += 1;
        return this.#readHereDocuments();
      case '#':
        if (this.#word === undefined) this.#at = indexOrEnd(this.#text, '\n', this.#at);
        else this.#append(character);
        return true;
      default:
        if (character === '(') this.#openGroups += 1;
        if (character === ')') this.#openGroups -= 1;
        if (/[;&|()]/.test(character)) this.#endCommand();
        else if (/\s/.test(character)) this.#endWord();
        else return this.#append(character);
        this.#at += 1;
        return true;
    }
  }

  #append(text: string): true {
    this.#word = (this.#word ?? '') + text;
    this.#at += text.length;
    return true;
  }

  #escape(): boolean {
    const escaped = this.#text[this.#at + 1] ?? '';
    if (escaped !== '\n') this.#word = (this.#word ?? '') + escaped;
    this.#at += 2;
    return true;
  }

  #singleQuoted(): boolean {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end === -1) return false;
    this.#word = (this.#word ?? '') + this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return true;
  }

  /** Double quotes do not keep the shell from running what is substituted inside them. */
  #doubleQuoted(): boolean {
    this.#word ??= '';
    this.#at += 1;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) return false;
      if (character === '"') {
        this.#at += 1;
        return true;
      }
      const isRead =
        character === '\\'
          ? this.#escape()
          : character === '`'
            ? this.#backquoted()
            : character === '$'
              ? this.#dollar(true)
              : this.#append(character);
      if (!isRead) return false;
    }
  }

  #dollar(isQuoted: boolean): boolean {
    const next = this.#text[this.#at + 1];
    if (next === "'" && !isQuoted) return this.#ansiQuoted();
    if (next === '(') return this.#nested(new ShellScanner(this.#text, this.#at + 2, true, this.#depth + 1));
    return this.#append('$');
  }

  /** `$'…'`, in which a backslash escapes. */
  #ansiQuoted(): boolean {
    const match = /^\$'((?:[^'\\]|\\[^])*)'/.exec(this.#text.slice(this.#at));
    if (match === null) return false;
    this.#word = (this.#word ?? '') + (match[1] ?? '').replaceAll(/\\([^])/g, '$1');
    this.#at += match[0].length;
    return true;
  }

  #backquoted(): boolean {
    const end = this.#text.indexOf('`', this.#at + 1);
    if (end === -1) return false;
    const isRead = this.#nested(new ShellScanner(this.#text.slice(this.#at + 1, end), 0, false, this.#depth + 1));
    this.#at = end + 1;
    return isRead;
  }

  /** Takes in the commands of a substitution; what it gives is unknown, so a sign stands for it in the word. */
  #nested(inner: ShellScanner): boolean {
    if (!inner.scan()) return false;
    this.commands.push(...inner.commands);
    this.#word = `${this.#word ?? ''}$`;
    this.#at = inner.end;
    return true;
  }

  #redirection(): boolean {
    const rest = this.#text.slice(this.#at, this.#at + 4);
    if (/^[<>]\(/.test(rest)) return this.#nested(new ShellScanner(this.#text, this.#at + 2, true, this.#depth + 1));
    // A number directly before the sign is the descriptor that is redirected.
    if (/^\d+$/.test(this.#word ?? '')) this.#word = undefined;
    this.#endWord();
    const hereDocument = /^<<(-?)(?!<)/.exec(rest);
    if (hereDocument !== null) return this.#hereDocument(hereDocument[0].length, hereDocument[1] === '-');
    this.#at += /^(?:<<<|>>|>\||[<>]&|<>|[<>])/.exec(rest)?.[0].length ?? 1;
    this.#isTarget = true;
    return true;
  }

  #hereDocument(signLength: number, stripsTabs: boolean): boolean {
    const match = /^[ \t]*(?:'([^'\n]+)'|"([^"\n]+)"|(\\?)([\w.-]+))/.exec(this.#text.slice(this.#at + signLength));
    if (match === null) return false;
    const [whole, single, double, backslash, plain] = match;
    const delimiter = single ?? double ?? plain ?? '';
    this.#hereDocuments.push({ delimiter, isQuoted: plain === undefined || backslash === '\\', stripsTabs });
    this.#at += signLength + whole.length;
    return true;
  }

  /** The bodies of the here-documents that the line before asked for. Unquoted ones are expanded by the shell. */
  #readHereDocuments(): boolean {
    for (const { delimiter, isQuoted, stripsTabs } of this.#hereDocuments.splice(0)) {
      const start = this.#at;
      for (;;) {
        if (this.#at >= this.#text.length) return false;
        const end = indexOrEnd(this.#text, '\n', this.#at);
        const line = this.#text.slice(this.#at, end);
        const bodyEnd = this.#at;
        this.#at = end + 1;
        if ((stripsTabs ? line.replace(/^\t+/, '') : line) !== delimiter) continue;
        if (!isQuoted && !this.#expand(this.#text.slice(start, bodyEnd))) return false;
        break;
      }
    }
    return true;
  }

  #expand(body: string): boolean {
    const inner = new ShellScanner(`"${body.replaceAll('"', '')}"`, 0, false, this.#depth + 1);
    if (!inner.scan()) return false;
    // The last of them is the body itself, read as one quoted word.
    this.commands.push(...inner.commands.slice(0, -1));
    return true;
  }

  #endWord(): void {
    if (this.#word === undefined) return;
    if (!this.#isTarget) this.#words.push(this.#word);
    this.#isTarget = false;
    this.#word = undefined;
  }

  #endCommand(): void {
    this.#endWord();
    this.#isTarget = false;
    if (this.#words.length > 0) this.commands.push(this.#words);
    this.#words = [];
  }
}

function indexOrEnd(text: string, character: string, from: number): number {
  const index = text.indexOf(character, from);
  return index === -1 ? text.length : index;
}
