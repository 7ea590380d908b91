// `npm run manifest`: writes the settings of src/config/configuration.ts into package.json, where VS Code reads them.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { defaultConfiguration, listSettings, type Setting } from '../src/config/configuration.ts';
import { repository } from './command.ts';

/** The pages of the settings editor, and the settings that each takes. */
const pages: readonly (readonly [title: string, keys: RegExp])[] = [
  ['Models', /^(planner|executor|judge)\./],
  ['Runs', /^(quality\.|budget\.|workers$|agents\.|autoApprove$|testCommand$|git\.)/],
  ['Providers', /^(ollama|openai|anthropic|scripted|cassette|models)\./],
  ['Safety', /^safety\./],
  ['Sandbox', /^sandbox\./],
];

/** What decides where source code is sent, what of it, or which command runs: nothing that a workspace may choose before it is trusted. */
export const restrictedSettings = listSettings()
  .map(({ key }) => key)
  .filter(key => /\.(baseUrl|host)$|^testCommand$|^cassette\.|^safety\./.test(key));

/** `contributes.configuration` of package.json. Throws for a setting that no page, or more than one, takes. */
export function contributedConfiguration() {
  const settings = listSettings();
  for (const { key } of settings) {
    if (pages.filter(([, keys]) => keys.test(key)).length !== 1)
      throw new Error(`No one page takes the setting ${key}.`);
  }
  return pages.map(([title, keys], index) => ({
    title,
    order: index + 1,
    properties: Object.fromEntries(
      settings
        .filter(({ key }) => keys.test(key))
        .map((setting, order) => [`trellis.${setting.key}`, propertyOf(setting, order + 1)]),
    ),
  }));
}

const jsonSchema = z.object({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  minLength: z.number().optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
});

function propertyOf({ key, schema, description, allowed, defaultText }: Setting, order: number) {
  const inner = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
  const json = jsonSchema.parse(z.toJSONSchema(inner, { unrepresentable: 'any' }));
  const type = json.type ?? 'string';
  const isUnset = defaultText !== undefined;
  const minimum = json.minimum ?? (json.exclusiveMinimum === undefined ? undefined : json.exclusiveMinimum + 1);
  const hasMaximum = json.maximum !== undefined && json.maximum < Number.MAX_SAFE_INTEGER;
  return {
    type: isUnset ? [type, 'null'] : type,
    ...(json.enum ? { enum: isUnset ? [...json.enum, null] : json.enum } : {}),
    ...(json.minLength === undefined || isUnset ? {} : { minLength: json.minLength }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(hasMaximum ? { maximum: json.maximum } : {}),
    default: isUnset ? null : valueAt(defaultConfiguration, key),
    ...scopeOf(key),
    order,
    markdownDescription: [
      description,
      ...(key.endsWith('.provider') ? [`Allowed: ${allowed}.`] : []),
      ...(isUnset ? [`Unset: ${defaultText}.`] : []),
    ].join(' '),
  };
}

/** What may be spent is no workspace's to say, trusted or not. */
function scopeOf(key: string) {
  if (key.startsWith('budget.') || key === 'models.prices') return { scope: 'machine' };
  return restrictedSettings.includes(key) ? { scope: 'machine-overridable' } : {};
}

function valueAt(tree: unknown, key: string): unknown {
  return key.split('.').reduce<unknown>((node, name) => (node as Record<string, unknown> | undefined)?.[name], tree);
}

interface Manifest {
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: { configuration: unknown };
}

async function main(): Promise<void> {
  const file = path.join(repository, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Manifest;
  manifest.contributes.configuration = contributedConfiguration();
  manifest.capabilities.untrustedWorkspaces.restrictedConfigurations = restrictedSettings.map(key => `trellis.${key}`);
  await writeFile(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

if (import.meta.main) await main();
