import { listSettings } from '../config/configuration.ts';

/** What is needed of VS Code's `WorkspaceConfiguration` for the section `trellis`. */
export interface SettingsSection {
  get(key: string): unknown;
  inspect(
    key: string,
  ):
    | { readonly globalValue?: unknown; readonly workspaceValue?: unknown; readonly workspaceFolderValue?: unknown }
    | undefined;
}

/** What the user has set, nested as in the configuration's schema; settings that still have their default are left out. */
export function readSettings(section: SettingsSection): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  for (const { key } of listSettings()) {
    const { globalValue, workspaceValue, workspaceFolderValue } = section.inspect(key) ?? {};
    if ([globalValue, workspaceValue, workspaceFolderValue].every(value => value === undefined)) continue;
    // `get` and not one of these: it alone leaves out what a workspace that is not trusted may not set.
    setIn(tree, key.split('.'), section.get(key));
  }
  return tree;
}

function setIn(tree: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    tree[name] = value;
    return;
  }
  const child = (tree[name] ??= {}) as Record<string, unknown>;
  setIn(child, rest, value);
}
