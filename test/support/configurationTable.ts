import { defaultConfiguration, listSettings, type Setting } from '../../src/config/configuration.ts';
import { defaultSandboxLimits } from '../../src/sandbox/limits.ts';

/** The table of docs/configuration.md, as the schema has it. */
export function configurationTable(): string {
  const rows = listSettings().map(setting => [
    `\`${setting.key}\``,
    setting.description,
    setting.allowed,
    defaultOf(setting),
    setting.environment.map(name => `\`${name}\``).join(', '),
  ]);
  const header = ['Key', 'Meaning', 'Allowed', 'Default', 'Environment'];
  return [header, header.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

function defaultOf({ key, defaultText }: Setting): string {
  const [group, name = ''] = key.split('.');
  const limit =
    group === 'sandbox' ? Object.entries(defaultSandboxLimits).find(([known]) => known === name) : undefined;
  if (limit !== undefined) return `\`${limit[1]}\``;
  if (defaultText !== undefined) return defaultText;
  const value = key
    .split('.')
    .reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], defaultConfiguration);
  return `\`${String(value)}\``;
}
