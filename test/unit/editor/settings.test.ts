import assert from 'node:assert/strict';
import { readSettings, type SettingsSection } from '../../../src/editor/settings.ts';

function section(
  values: Record<string, { globalValue?: unknown; workspaceValue?: unknown; workspaceFolderValue?: unknown }>,
  effective: (key: string) => unknown = key => Object.values(values[key] ?? {})[0],
): SettingsSection {
  return { get: effective, inspect: key => values[key] ?? { globalValue: undefined } };
}

describe('readSettings', () => {
  it('nests what the user has set and leaves the rest out', () => {
    const settings = readSettings(
      section({ workers: { globalValue: 5 }, 'planner.model': { workspaceValue: 'm' }, 'quality.threshold': {} }),
    );
    assert.deepEqual(settings, { workers: 5, planner: { model: 'm' } });
  });

  it('takes the value that is in force, which is not the one of a workspace that is not trusted', () => {
    const values = { 'openai.baseUrl': { globalValue: 'https://mine', workspaceValue: 'https://theirs' } };
    assert.deepEqual(readSettings(section(values, () => 'https://mine')), { openai: { baseUrl: 'https://mine' } });
  });

  it('is empty when nothing is set', () => {
    assert.deepEqual(readSettings({ get: () => 1, inspect: () => undefined }), {});
  });
});
