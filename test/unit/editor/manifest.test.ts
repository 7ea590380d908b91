import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { contributedConfiguration, restrictedSettings } from '../../../scripts/manifest.ts';
import { listSettings } from '../../../src/config/configuration.ts';
import { commandTable, contextKeys } from '../../../src/editor/commandTable.ts';

const propertySchema = z.strictObject({
  type: z.union([z.string(), z.array(z.string())]),
  enum: z.array(z.string().nullable()).optional(),
  minLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.unknown(),
  scope: z.enum(['machine', 'machine-overridable']).optional(),
  order: z.number(),
  markdownDescription: z.string(),
});

const menuEntrySchema = z.strictObject({ command: z.string(), when: z.string(), group: z.string().optional() });

const keybindingSchema = z.strictObject({
  command: z.string(),
  key: z.string(),
  mac: z.string(),
  when: z.string(),
  args: z
    .strictObject({
      commands: z.array(z.union([z.string(), z.strictObject({ command: z.string(), args: z.literal('selected') })])),
    })
    .optional(),
});

/** What a key runs: its command, or the commands that the editor's own `runCommands` is given. */
function commandsOf({ command, args }: z.infer<typeof keybindingSchema>): string[] {
  const given = args?.commands.map(each => (typeof each === 'string' ? each : each.command));
  return command === 'runCommands' ? (given ?? []) : [command];
}

const manifest = z
  .object({
    activationEvents: z.array(z.string()),
    capabilities: z.object({ untrustedWorkspaces: z.object({ restrictedConfigurations: z.array(z.string()) }) }),
    contributes: z.object({
      commands: z.array(
        z.strictObject({
          command: z.string(),
          title: z.string(),
          category: z.literal('Trellis'),
          icon: z.string().optional(),
          enablement: z.string().optional(),
        }),
      ),
      menus: z.record(z.string(), z.array(menuEntrySchema)),
      keybindings: z.array(keybindingSchema),
      views: z.object({ trellis: z.array(z.object({ id: z.string(), when: z.string().optional() })) }),
      configuration: z.array(
        z.strictObject({ title: z.string(), order: z.number(), properties: z.record(z.string(), propertySchema) }),
      ),
    }),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')));

const properties = Object.assign({}, ...manifest.contributes.configuration.map(group => group.properties)) as Record<
  string,
  z.infer<typeof propertySchema>
>;

describe('package.json', () => {
  it('contributes exactly the commands of the table, with their titles and conditions', () => {
    const contributed = manifest.contributes.commands.map(({ command, title, enablement }) => [
      command,
      { title, ...(enablement === undefined ? {} : { enablement }) },
    ]);
    assert.deepEqual(Object.fromEntries(contributed), commandTable);
  });

  it('names only known commands in menus and keys', () => {
    const { menus, keybindings } = manifest.contributes;
    const inMenus = Object.values(menus)
      .flat()
      .map(entry => entry.command);
    const named = [...inMenus, ...keybindings.flatMap(commandsOf)];
    assert.ok(named.length > 0);
    assert.deepEqual(
      // The one command of the editor's own that keys run: it makes the row that the keyboard is on the selected one.
      named.filter(command => !Object.hasOwn(commandTable, command) && command !== 'list.selectAndPreserveFocus'),
      [],
    );
  });

  it('offers what a review decides only where a review is in front', () => {
    const { menus, keybindings } = manifest.contributes;
    const places = [...(menus['editor/title'] ?? []), ...keybindings].map(({ when }) => when);
    assert.ok(places.length > 10);
    const open = places.filter(
      when =>
        !when.startsWith('trellis.canReview && ') ||
        !/resourceScheme =~ \/\^trellis-|focusedView == trellis\.review/.test(when) ||
        (when.includes('multiDiffEditor') && !when.includes('trellis.isOverviewInFront && ')),
    );
    assert.deepEqual(open, []);
  });

  it('asks in menus and keys only for context keys that are set', () => {
    const known = new Set<string>(contextKeys);
    const { menus, keybindings, views } = manifest.contributes;
    const asked = [...Object.values(menus).flat(), ...keybindings, ...views.trellis]
      .map(({ when = '' }) => ({ when }))
      .flatMap(({ when }) => when.match(/trellis\.(?:is|can|has)\w+/g) ?? []);
    assert.deepEqual(
      asked.filter(key => !known.has(key)),
      [],
    );
  });

  it('contributes exactly the settings of the configuration (npm run manifest writes them)', () => {
    assert.deepEqual(manifest.contributes.configuration, contributedConfiguration());
  });

  it('allows what the configuration allows, at the edges too', () => {
    for (const { key, schema } of listSettings()) {
      const { minimum, maximum, enum: choices, default: byDefault } = properties[`trellis.${key}`]!;
      const isAllowed = (value: unknown) => schema.safeParse(value).success;
      if (minimum !== undefined) assert.deepEqual([isAllowed(minimum), isAllowed(minimum - 1)], [true, false], key);
      if (maximum !== undefined) assert.deepEqual([isAllowed(maximum), isAllowed(maximum + 1)], [true, false], key);
      for (const choice of choices ?? []) assert.ok(choice === null || isAllowed(choice), key);
      if (choices) assert.equal(isAllowed('nothing of the kind'), false, key);
      assert.ok(byDefault === null || isAllowed(byDefault), key);
    }
  });

  it('lets a workspace that is not trusted neither choose a server nor a command', () => {
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    assert.deepEqual(
      restricted,
      restrictedSettings.map(key => `trellis.${key}`),
    );
    for (const key of ['trellis.openai.baseUrl', 'trellis.ollama.host', 'trellis.testCommand']) {
      assert.ok(restricted.includes(key), key);
      assert.equal(properties[key]?.scope, 'machine-overridable', key);
    }
  });

  it('lets no folder set what may be spent', () => {
    const limits = Object.keys(properties).filter(key => key.startsWith('trellis.budget.'));
    assert.equal(limits.length, 4);
    for (const key of limits) assert.equal(properties[key]?.scope, 'machine', key);
  });

  it('is activated by use, and at the start to look for what a crash cut short', () => {
    assert.deepEqual(manifest.activationEvents, ['onWebviewPanel:trellis.panel', 'onStartupFinished']);
    assert.deepEqual(
      manifest.contributes.views.trellis.map(view => view.id),
      ['trellis.review', 'trellis.chat'],
    );
  });
});
