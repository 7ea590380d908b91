import { ConfigurationError } from '../base/errors.ts';
import { redactSecrets } from '../base/redactSecrets.ts';

/** One thing that is wrong with the configuration. */
export interface ConfigurationProblem {
  /** What is wrong, and what is allowed, without a full stop. */
  readonly text: string;
}

/** A setting with a value that it does not take; `source` says where the value is from. */
export function wrongValue(key: string, source: string, got: unknown, allowed: string): ConfigurationProblem {
  return { text: `${key} (${source}) is ${shown(got)}; allowed: ${allowed}` };
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

/** The value as far as it can be shown; an address may hold a password, also where its scheme was left out. */
function shown(value: unknown): string {
  const text = redactSecrets(JSON.stringify(value)).replaceAll(/:[^\s:@/"]+@/g, ':[redacted]@');
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
