import { isLoopbackHost } from '../base/loopback.ts';
import {
  builtInProviders,
  type Configuration,
  configurationSchema,
  defaultConfiguration,
  editorProvider,
} from './configuration.ts';
import { type ConfigurationProblem, configurationError, wrongValue } from './configurationProblem.ts';
import type { ConfigurationSources } from './configurationSources.ts';
import { lowestBudget } from './lowestBudget.ts';
import { type SettingValues, valuesOfEnvironment, valuesOfObject } from './settingValues.ts';

/**
 * The complete configuration. Throws one `ConfigurationError` that lists every problem of every source, each with the
 * key, where it is set, what was got and what is allowed.
 */
export function resolveConfiguration(sources: ConfigurationSources): Configuration {
  const { settings, file, environment = {}, options } = sources;
  const layers = [
    valuesOfObject(settings, 'settings'),
    valuesOfObject(file?.content, file?.name ?? ''),
    valuesOfEnvironment(environment),
    lowestBudget(sources),
    valuesOfObject(options, 'command line'),
  ];
  const { providers = builtInProviders } = sources;
  const problems = layers.flatMap(layer => [...layer.problems, ...problemsWithProviders(layer, providers)]);
  if (problems.length > 0) throw configurationError(problems);
  const configuration = build(layers);
  const whole = [
    ...(sources.areModelsCalled === false ? [] : problemsWithKeys(configuration, sources)),
    ...problemsWithScript(configuration),
    ...problemsWithCassette(configuration, sources),
    ...problemsWithSafety(sources),
    ...problemsWithPrices(sources),
  ];
  if (whole.length > 0) throw configurationError(whole);
  return configuration;
}

function build(layers: readonly SettingValues[]): Configuration {
  const values = new Map(layers.flatMap(layer => [...layer.values]));
  for (const name of ['provider', 'model']) {
    const planner = values.get(`planner.${name}`);
    if (planner !== undefined && !values.has(`judge.${name}`)) values.set(`judge.${name}`, planner);
  }
  const nested: Record<string, unknown> = structuredClone(defaultConfiguration);
  for (const [key, value] of values) {
    const [group = '', name] = key.split('.');
    if (name === undefined) nested[group] = value;
    else nested[group] = { ...(nested[group] as object), [name]: value };
  }
  return configurationSchema.parse(nested);
}

function problemsWithProviders(
  { values, sources }: SettingValues,
  providers: readonly string[],
): ConfigurationProblem[] {
  const [last, ...others] = [...providers].reverse();
  const allowed = `${others.reverse().join(', ')} or ${last ?? ''}`;
  return [...values].flatMap(([key, value]) => {
    if (!key.endsWith('.provider') || typeof value !== 'string' || providers.includes(value)) return [];
    const remark = value === editorProvider ? ' (the models of VS Code are there in VS Code alone)' : '';
    return [wrongValue(key, sources.get(key) ?? '', value, `${allowed}${remark}`)];
  });
}

/** The providers that take a key, and the server that it is made for. */
const keyedProviders = [
  { provider: 'openai', host: 'api.openai.com', keyName: 'openaiApiKey' },
  { provider: 'anthropic', host: 'api.anthropic.com', keyName: 'anthropicApiKey' },
] as const;
type KeyedProvider = (typeof keyedProviders)[number];

function usedProviders({ planner, executor, judge }: Configuration): ReadonlySet<string> {
  return new Set([planner.provider, executor.provider, judge.provider]);
}

function problemsWithScript(configuration: Configuration): ConfigurationProblem[] {
  if (configuration.scripted.file !== undefined || !usedProviders(configuration).has('scripted')) return [];
  return [
    { text: 'scripted.file is not set, which the provider scripted needs; allowed: the path of a file with answers' },
  ];
}

function problemsWithCassette(
  { cassette: { record, replay } }: Configuration,
  sources: ConfigurationSources,
): ConfigurationProblem[] {
  if (record === undefined) return [];
  if (replay !== undefined) {
    return [{ text: 'cassette.record and cassette.replay are both set; allowed: one of them' }];
  }
  const { file } = sources;
  const isFromFile =
    file !== undefined && valuesOfObject(file.content, file.name).values.get('cassette.record') === record;
  if (!isFromFile || file.isTrusted) return [];
  return [
    {
      text: `cassette.record (${file.name}) is set, and a file that lies in the workspace may not say where to write; allowed: --record, or a file that you name with --config`,
    },
  ];
}

/** A price of nothing would lift a budget, which is the user's alone (`lowestBudget`). */
function problemsWithPrices({ file }: ConfigurationSources): ConfigurationProblem[] {
  if (file === undefined || file.isNamed) return [];
  if (!valuesOfObject(file.content, file.name).values.has('models.prices')) return [];
  return [
    {
      text: `models.prices (${file.name}) is set, and the workspace's own file may not say what your models cost; allowed: VS Code's user settings, or a file that you name with --config`,
    },
  ];
}

/** The values of the settings of safety, the strictest last. */
const strictness = { 'safety.credentials': ['mask', 'stop'], 'safety.personalData': ['off', 'report', 'mask'] };

/** A file that comes with a repository may make its user's settings stricter, and not laxer. */
function problemsWithSafety({ settings, file }: ConfigurationSources): ConfigurationProblem[] {
  if (file === undefined || file.isTrusted) return [];
  const ofFile = valuesOfObject(file.content, file.name).values;
  const ofUser = valuesOfObject(settings, 'settings').values;
  const { safety } = defaultConfiguration;
  const defaults = { 'safety.credentials': safety.credentials, 'safety.personalData': safety.personalData };
  return Object.entries(defaults).flatMap(([key, usual]) => {
    const order: readonly unknown[] = strictness[key as keyof typeof strictness];
    const [chosen, least] = [ofFile.get(key), ofUser.get(key) ?? usual];
    if (chosen === undefined || order.indexOf(chosen) >= order.indexOf(least)) return [];
    return [
      {
        text: `${key} (${file.name}) is ${JSON.stringify(chosen)}, and a file that lies in the workspace may only make it stricter than ${JSON.stringify(least)}; allowed: your own settings, or a file that you name with --config`,
      },
    ];
  });
}

function problemsWithKeys(configuration: Configuration, sources: ConfigurationSources): ConfigurationProblem[] {
  // Nobody is asked, so that no key is needed.
  if (configuration.cassette.replay !== undefined) return [];
  const used = usedProviders(configuration);
  return keyedProviders
    .filter(({ provider }) => used.has(provider))
    .flatMap(keyed => problemsWithKey(keyed, configuration[keyed.provider].baseUrl, sources));
}

function problemsWithKey(keyed: KeyedProvider, baseUrl: string, sources: ConfigurationSources): ConfigurationProblem[] {
  const { provider, host, keyName } = keyed;
  const { hostname } = new URL(baseUrl);
  if ((sources[keyName] ?? '') === '') {
    const text = `the key of the provider ${provider} is not set; allowed: a key of ${host} in ${provider.toUpperCase()}_API_KEY`;
    return hostname === host ? [{ text }] : [];
  }
  const key = `${provider}.baseUrl`;
  if (hostname === host || isLoopbackHost(hostname) || !isChosenByUntrustedFile(key, sources)) return [];
  return [
    {
      text: `${key} (${sources.file?.name ?? ''}) is ${JSON.stringify(baseUrl)}, and a file that lies in the workspace may not send your key there; allowed: the same address in TRELLIS_${provider.toUpperCase()}_BASE_URL, or a file that you name with --config`,
    },
  ];
}

/** Whether the address in force is one that only the workspace's own file asks for. */
function isChosenByUntrustedFile(key: string, { file, environment = {} }: ConfigurationSources): boolean {
  if (file === undefined || file.isTrusted) return false;
  return valuesOfObject(file.content, file.name).values.has(key) && !valuesOfEnvironment(environment).values.has(key);
}
