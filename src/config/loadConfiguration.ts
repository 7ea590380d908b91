import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { ConfigurationError, errorMessage } from '../base/errors.ts';
import type { Configuration, Secrets } from './configuration.ts';
import type { ConfigurationFile } from './configurationSources.ts';
import { resolveConfiguration } from './resolveConfiguration.ts';

/** The workspace's own file, relative to it. */
export const configurationFileName = '.trellis/config.yml';

const maxFileBytes = 256 * 1024;

export interface LoadOptions {
  readonly workspace: string;
  /** A file that the user named, instead of the workspace's own. */
  readonly file?: string;
  /** Whether the user trusts what is in the workspace, as an editor knows it. */
  readonly isWorkspaceTrusted?: boolean;
  /** The base layer: the editor's settings, nested as in the schema. */
  readonly settings?: unknown;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The top layer: options of the command line, nested as in the schema. */
  readonly options?: unknown;
  /** The providers that there are; by default those that need no editor. */
  readonly providers?: readonly string[];
  /** Where the keys are kept elsewhere than in the environment, such as an editor's secret storage. */
  readonly openaiApiKey?: string | undefined;
  readonly anthropicApiKey?: string | undefined;
  /** False for what needs no model, and therefore no key. */
  readonly areModelsCalled?: boolean;
}

/** What a start needs: the settings, and beside them the keys, which never mix. */
export interface LoadedConfiguration {
  readonly configuration: Configuration;
  readonly secrets: Secrets;
}

/**
 * Reads the configuration: settings, over them the file, over that the environment, over that the options.
 * Throws `ConfigurationError` for a file that cannot be read, and one that lists every problem for values that are wrong.
 */
export async function loadConfiguration(options: LoadOptions): Promise<LoadedConfiguration> {
  const { environment, settings } = options;
  const openaiApiKey = environment['OPENAI_API_KEY']?.trim() || options.openaiApiKey;
  const anthropicApiKey = environment['ANTHROPIC_API_KEY']?.trim() || options.anthropicApiKey;
  const ollamaApiKey = environment['OLLAMA_API_KEY']?.trim();
  const file = await readConfigurationFile(options);
  const configuration = resolveConfiguration({
    settings,
    environment,
    options: options.options,
    openaiApiKey,
    anthropicApiKey,
    ...(file === undefined ? {} : { file }),
    ...(options.providers === undefined ? {} : { providers: options.providers }),
    areModelsCalled: options.areModelsCalled ?? true,
  });
  const secrets = {
    ...(openaiApiKey !== undefined && { openaiApiKey }),
    ...(anthropicApiKey !== undefined && { anthropicApiKey }),
    ...(ollamaApiKey !== undefined && ollamaApiKey !== '' && { ollamaApiKey }),
  };
  return { configuration, secrets };
}

async function readConfigurationFile(options: LoadOptions): Promise<ConfigurationFile | undefined> {
  const isNamed = options.file !== undefined;
  const name = options.file ?? configurationFileName;
  const text = await readText(isNamed ? name : path.join(options.workspace, name), name, isNamed);
  if (text === undefined) return undefined;
  const isTrusted = isNamed || options.isWorkspaceTrusted === true;
  try {
    return { name, content: parseYaml(text) as unknown, isTrusted, isNamed };
  } catch (error) {
    const [reason = ''] = errorMessage(error).split('\n');
    throw new ConfigurationError(`The configuration file ${name} is not YAML: ${reason.replace(/:$/, '')}.`, {
      cause: error,
    });
  }
}

/** The text of the file; undefined when it is not there and need not be. */
async function readText(file: string, name: string, isRequired: boolean): Promise<string | undefined> {
  try {
    const { size } = await stat(file);
    if (size <= maxFileBytes) return await readFile(file, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code));
    if (isMissing && !isRequired) return undefined;
    throw new ConfigurationError(
      isMissing
        ? `The configuration file ${name} does not exist; name one that does, or leave the option out.`
        : `The configuration file ${name} cannot be read (${errorMessage(error)}).`,
      { cause: error },
    );
  }
  throw new ConfigurationError(`The configuration file ${name} is larger than ${maxFileBytes / 1024} KB.`);
}
