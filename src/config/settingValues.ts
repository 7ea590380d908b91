import { z } from 'zod';
import { configurationSchema, listSettings, type Setting } from './configuration.ts';
import { type ConfigurationProblem, wrongValue } from './configurationProblem.ts';

/** Values by setting, as one source gives them, and what is wrong with that source. */
export interface SettingValues {
  readonly values: ReadonlyMap<string, unknown>;
  /** By setting, where its value is set. */
  readonly sources: ReadonlyMap<string, string>;
  readonly problems: readonly ConfigurationProblem[];
}

/** Reads the nested object of a file or of the editor's settings. `source` is named in the problems. */
export function valuesOfObject(object: unknown, source: string): SettingValues {
  const values = new Map<string, unknown>();
  const sources = new Map<string, string>();
  const problems: ConfigurationProblem[] = [];
  const visit = (group: z.ZodObject, value: unknown, prefix: string) => {
    if (value === null || value === undefined) return; // A heading with nothing under it.
    if (typeof value !== 'object' || Array.isArray(value)) {
      const name = prefix === '' ? 'the whole' : prefix.slice(0, -1);
      problems.push(wrongValue(name, source, value, `a group of ${Object.keys(group.shape).join(', ')}`));
      return;
    }
    for (const [name, entry] of Object.entries(value as Record<string, unknown>)) {
      const key = `${prefix}${name}`;
      const schema: unknown = Object.hasOwn(group.shape, name) ? group.shape[name] : undefined;
      if (schema instanceof z.ZodObject) visit(schema, entry, `${key}.`);
      else if (schema === undefined) problems.push(unknownKey(key, source, group, prefix));
      else if (entry !== null && entry !== undefined) collect(key, entry);
    }
  };
  const collect = (key: string, value: unknown) => {
    values.set(key, value);
    sources.set(key, source);
    problems.push(...problemsOf(key, value, source));
  };
  visit(configurationSchema, object, '');
  return { values, sources, problems };
}

/** Reads the variables that settings name; a variable that is empty counts as not set. */
export function valuesOfEnvironment(environment: Readonly<Record<string, string | undefined>>): SettingValues {
  const values = new Map<string, unknown>();
  const sources = new Map<string, string>();
  const problems: ConfigurationProblem[] = [];
  for (const setting of listSettings()) {
    const variable = setting.environment.find(name => (environment[name] ?? '').trim() !== '');
    if (variable === undefined) continue;
    const value = valueOfText((environment[variable] ?? '').trim(), setting.schema);
    values.set(setting.key, value);
    sources.set(setting.key, variable);
    problems.push(...problemsOf(setting.key, value, variable));
  }
  return { values, sources, problems };
}

function problemsOf(key: string, value: unknown, source: string): ConfigurationProblem[] {
  const setting = settingFor(key);
  return setting.schema.safeParse(value).success ? [] : [wrongValue(key, source, value, setting.allowed)];
}

function settingFor(key: string): Setting {
  const setting = listSettings().find(candidate => candidate.key === key);
  if (setting === undefined) throw new Error(`There is no setting ${key}.`);
  return setting;
}

function unknownKey(key: string, source: string, group: z.ZodObject, prefix: string): ConfigurationProblem {
  if (/api[_-]?key|token$|secret|password/i.test(key)) {
    return {
      text: `${key} (${source}) is not a setting: keys are never kept in a file or in settings; allowed: the environment variable OPENAI_API_KEY or ANTHROPIC_API_KEY`,
    };
  }
  const known = Object.keys(group.shape).map(name => `${prefix}${name}`);
  return { text: `${key} (${source}) is not a setting; allowed: ${known.join(', ')}` };
}

/** What the text of a variable means to its setting; text that means nothing to it is left for the schema to refuse. */
function valueOfText(text: string, schema: z.ZodType): unknown {
  const type = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  if (type instanceof z.ZodNumber) return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
  if (type instanceof z.ZodBoolean) return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}
