import type { Rule } from 'eslint';

export const contracts: Readonly<Record<string, string>>;
export function forbiddenImport(from: string, to: string): string | undefined;
export const layers: Rule.RuleModule;
