import { estimateTokens } from '../../base/tokenEstimate.ts';
import type { ProjectFiles } from '../planner.ts';
import { folderOf, nameOf, type ProjectPath } from './projectPath.ts';

export interface RulesFile {
  readonly path: string;
  readonly text: string;
}

/** Names that count in any folder, for what lies below it. */
const nestedNames = ['agents.md', 'claude.md', 'gemini.md', 'conventions.md', '.cursorrules'];
const rootPaths = ['.github/copilot-instructions.md'];
/** Rules in so many folders on the way to relevant files are read. */
const maxFiles = 12;

/**
 * The rules that a project gives to agents: those for all of it, and those of folders that hold `relevantPaths`; the
 * nearest to the root first. A text that is there under several names counts once. Cut to `tokenBudget`.
 */
export async function readRules(
  files: ProjectFiles,
  paths: readonly ProjectPath[],
  relevantPaths: readonly string[],
  tokenBudget: number,
): Promise<RulesFile[]> {
  const candidates = paths
    .map(file => file.path)
    .filter(path => isRulesPath(path) && holdsOneOf(scopeOf(path), relevantPaths))
    .sort((a, b) => depthOf(scopeOf(a)) - depthOf(scopeOf(b)) || rankOf(a) - rankOf(b) || (a < b ? -1 : 1))
    .slice(0, maxFiles);
  const rules: RulesFile[] = [];
  const seen = new Set<string>();
  let left = tokenBudget;
  for (const path of candidates) {
    const text = (await files.readText(path))?.trim() ?? '';
    if (text === '' || seen.has(text)) continue;
    seen.add(text);
    const cut = cutToTokens(text, left);
    if (cut === '') break;
    left -= estimateTokens(cut);
    rules.push({ path, text: cut });
  }
  return rules;
}

/** Whether the file at `path` tells agents how to work here. */
export function isRulesPath(path: string): boolean {
  const lower = path.toLowerCase();
  return (
    nestedNames.includes(nameOf(lower)) ||
    rootPaths.includes(lower) ||
    (lower.includes('.cursor/rules/') && /(?:^|\/)\.cursor\/rules\/[^/]+\.mdc?$/.test(lower))
  );
}

/** The folder for which the rules of a file hold. */
function scopeOf(path: string): string {
  return folderOf(path).replace(/(?:^|\/)(?:\.github|\.cursor\/rules)$/, '');
}

function holdsOneOf(folder: string, paths: readonly string[]): boolean {
  return folder === '' || paths.some(path => path.startsWith(`${folder}/`));
}

function depthOf(folder: string): number {
  return folder === '' ? 0 : folder.split('/').length;
}

function rankOf(path: string): number {
  const index = nestedNames.indexOf(nameOf(path).toLowerCase());
  return index === -1 ? nestedNames.length : index;
}

/** The beginning of `text`, up to the end of a paragraph or a line that still fits, with a mark where it was cut. */
function cutToTokens(text: string, tokens: number): string {
  if (estimateTokens(text) <= tokens) return text;
  const mark = '\n[… cut]';
  const lines: string[] = [];
  let left = tokens - estimateTokens(mark);
  for (const line of text.split('\n')) {
    left -= estimateTokens(`${line}\n`);
    if (left < 0) break;
    lines.push(line);
  }
  const kept = lines.join('\n').trimEnd();
  return kept === '' ? '' : kept + mark;
}
