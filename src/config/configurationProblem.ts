import { ConfigurationError } from '../base/errors.ts';

/** One thing that is wrong with the configuration. */
export interface ConfigurationProblem {
  /** What is wrong, and what is allowed, without a full stop. */
  readonly text: string;
}

/** A setting with a value that it does not take; `source` says where the value is from. */
export function wrongValue(key: string, source: string, got: unknown, allowed: string): ConfigurationProblem {
  return { text: `${key} (${source}) is ${shorten(JSON.stringify(got))}; allowed: ${allowed}` };
}

/** One error for all problems; there must be at least one. */
export function configurationError(problems: readonly ConfigurationProblem[]): ConfigurationError {
  const [first, ...others] = problems;
  if (first !== undefined && others.length === 0) {
    return new ConfigurationError(`The configuration is not valid: ${first.text}.`);
  }
  const lines = problems.map(({ text }) => `\n  - ${text}`);
  return new ConfigurationError(`The configuration has ${problems.length} problems:${lines.join('')}`);
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
