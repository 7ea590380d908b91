import type { OutputStream } from '../../src/terminal/screen.ts';

/** Keeps what is written; `visible` is what a terminal of endless height would show in the end. */
export class FakeOutput implements OutputStream {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
  text = '';
  readonly #listeners = new Set<() => void>();

  constructor(options: { readonly isTTY?: boolean; readonly rows?: number } = {}) {
    this.isTTY = options.isTTY ?? false;
    this.columns = 80;
    this.rows = options.rows ?? 24;
  }

  write(text: string): boolean {
    this.text += text;
    for (const listener of this.#listeners) listener();
    return true;
  }

  /** Resolves when `part` has been written. */
  async until(part: string): Promise<void> {
    if (this.text.includes(part)) return;
    await new Promise<void>(resolve => {
      const listener = () => {
        if (!this.text.includes(part)) return;
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }

  /** The lines on the screen: cursor-up, erase-below and carriage return carried out, colours left out. */
  get visible(): string[] {
    const lines = [''];
    let row = 0;
    const tokens = this.text.match(/\u001b\[\??[\d;]*[A-Za-z]|\n|\r|[^\u001b\n\r]+/g) ?? [];
    for (const token of tokens) {
      if (token === '\n') {
        row += 1;
        lines[row] ??= '';
      } else if (token.endsWith('A') && token.startsWith('\u001b')) row -= Number(token.slice(2, -1));
      else if (token === '\u001b[J') lines.splice(row, lines.length, '');
      else if (!token.startsWith('\u001b') && token !== '\r') lines[row] = (lines[row] ?? '') + token;
    }
    return lines.slice(0, lines.at(-1) === '' ? -1 : undefined);
  }
}
