type Paint = (text: string) => string;

/** The colours of the terminal, or none of them. */
export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
}

// Select Graphic Rendition (ECMA-48, 8.3.117): the code that begins and the one that ends each.
const paint =
  (begin: number, end: number): Paint =>
  text =>
    text === '' ? '' : `\u001b[${begin}m${text}\u001b[${end}m`;

const colours: Palette = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  red: paint(31, 39),
  green: paint(32, 39),
  yellow: paint(33, 39),
  cyan: paint(36, 39),
};

const plain: Paint = text => text;

export const noColours: Palette = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain };

export interface ColourWishes {
  /** `--no-color` was given. */
  readonly isRefused: boolean;
  readonly isTerminal: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Colours on a terminal that can show them, unless refused by the option or by `NO_COLOR` (https://no-color.org). */
export function choosePalette({ isRefused, isTerminal, environment }: ColourWishes): Palette {
  const { NO_COLOR: noColor = '', FORCE_COLOR: forceColor = '', TERM: terminal } = environment;
  if (isRefused || noColor !== '') return noColours;
  if (forceColor !== '' && forceColor !== '0') return colours;
  return isTerminal && terminal !== 'dumb' ? colours : noColours;
}
