import type { TestFailure } from '../../domain/schema/testReport.ts';

/** What one runner's output says; `undefined` from a parser when the output is not that runner's. */
export interface RunnerReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly TestFailure[];
}

export type RunnerParser = (output: string) => RunnerReport | undefined;

/** The number that `pattern` catches first in `text`, 0 when it does not match. */
export function countOf(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}

/** The text without the indentation that all of its lines share, trimmed, and cut to `limit` characters. */
export function dedent(text: string, limit = 2000): string {
  const lines = text.replace(/^\n+|\s+$/g, '').split('\n');
  const indents = lines.filter(line => line.trim() !== '').map(line => line.length - line.trimStart().length);
  const indent = Math.min(...(indents.length === 0 ? [0] : indents));
  return lines
    .map(line => line.slice(indent))
    .join('\n')
    .slice(0, limit);
}

/** A failure with the place that its message names, when it names one in the project: there, paths are relative. */
export function failure(name: string, message: string): TestFailure {
  const places = [...message.matchAll(/([\w@./-]+\.(?:[cm]?[jt]sx?|py)):(\d+)/g), ...pythonFrames(message)];
  const place = places.find(([, file = '']) => !/^(?:\.\.)?\/|(?:^|\/)(?:node_modules|site-packages)\//.test(file));
  const line = Number(place?.[2] ?? 0);
  return {
    name,
    message,
    ...(place?.[1] === undefined ? {} : { file: place[1].replace(/^\.\//, '') }),
    ...(line > 0 ? { line } : {}),
  };
}

/** `File "a.py", line 3`, the innermost first. */
function pythonFrames(message: string): RegExpExecArray[] {
  return [...message.matchAll(/^(?:E )? *File "([^"\n]+)", line (\d+)/gm)].reverse();
}
