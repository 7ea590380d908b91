import type { ConfigurationSources } from './configurationSources.ts';
import { type SettingValues, valuesOfEnvironment, valuesOfObject } from './settingValues.ts';

/**
 * The limits of spending that both the user and the file of the workspace set: the lower one holds. That file may come
 * with a repository of anyone's, and to trust a folder so far as to run its code is not to let it spend one's money. A
 * file that the user named is the user's own word.
 */
export function lowestBudget({ settings, file, environment = {} }: ConfigurationSources): SettingValues {
  const values = new Map<string, unknown>();
  const lowest = { values, problems: [], sources: new Map<string, string>() };
  if (file === undefined || file.isNamed) return lowest;
  const ofFile = valuesOfObject(file.content, file.name).values;
  const ofUser = new Map([...valuesOfObject(settings, 'settings').values, ...valuesOfEnvironment(environment).values]);
  for (const [key, limit] of ofUser) {
    const other = ofFile.get(key);
    if (!key.startsWith('budget.') || typeof limit !== 'number' || typeof other !== 'number') continue;
    values.set(key, Math.min(limit, other));
  }
  return lowest;
}
