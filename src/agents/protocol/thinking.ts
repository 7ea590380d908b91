// The thinking that some models put before their answer: no part of it is carried out.

const OPENING = /^\s*<(think|thinking|reasoning)>/i;

/** The answer without the thinking before it. */
export function withoutThinking(text: string): string {
  const opened = /^\s*<(think|thinking|reasoning)>[^]*?(?:<\/\1>|$(?![^]))/i.exec(text);
  if (opened !== null) return text.slice(opened[0].length);
  // Some servers drop the opening tag, which their template holds.
  const closing = /^[ \t]*<\/think(?:ing)?>[ \t]*$/im.exec(text);
  if (closing === null || /^[ \t]*(?:`{3}|~{3}|<{5})/m.test(text.slice(0, closing.index))) return text;
  return text.slice(closing.index + closing[0].length);
}

/**
 * Leaves thinking out of a reply that arrives line by line. Thinking whose opening tag a server dropped cannot be told
 * from an answer before its end.
 */
export class ThinkingFilter {
  #hasBegun = false;
  /** The tag that ends the thinking, while it goes on. */
  #closing: RegExp | undefined;

  /** What is part of the answer in the next line, without its end; undefined when nothing is. */
  take(line: string): string | undefined {
    if (!this.#hasBegun && line.trim() !== '') {
      this.#hasBegun = true;
      const tag = OPENING.exec(line)?.[1];
      if (tag !== undefined) this.#closing = new RegExp(`</${tag}>`, 'i');
    }
    if (this.#closing === undefined) return line;
    const end = this.#closing.exec(line);
    if (end === null) return undefined;
    this.#closing = undefined;
    return line.slice(end.index + end[0].length);
  }
}
