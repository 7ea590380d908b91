import type { PromptVariables } from '../base/promptTemplate.ts';
import { quoteData } from '../base/quotedData.ts';
import type { StagedView } from '../changes/stagedFiles.ts';
import type { AgentBrief } from './agent.ts';
import { readTextOr } from './fileAccess.ts';
import type { AgentRole } from './roles.ts';
import { cutMiddle, describeExcerpt, excerptLines } from './textBudget.ts';

/** How many characters each part of the first message may have; a token is about four of them. */
export const briefingLimits = {
  request: 8_000,
  rules: 4_000,
  layout: 3_000,
  itemContext: 8_000,
  targetFile: 24_000,
  dependencyFiles: 12_000,
  dependencyReports: 6_000,
  relatedFiles: 6_000,
  feedback: 8_000,
} as const;

/**
 * What fills the holes of the prompt of `role`: all that the agent needs to begin without asking. What is the same for
 * every item of a run comes first, so that prompts share their beginning. Sections without content are empty strings.
 */
export async function briefingVariables(
  brief: AgentBrief,
  role: AgentRole,
  files: Pick<StagedView, 'readText'>,
): Promise<PromptVariables> {
  const { item, context } = brief;
  const shown = new Set([item.filePath]);
  const target = await targetFile(brief, files);
  const dependencies = await dependencySections(brief, files, shown);
  return {
    request: cutMiddle(brief.request.trim(), briefingLimits.request),
    project: projectFacts(brief),
    rules: quotedFiles('Rules of the project', context.rules, briefingLimits.rules),
    ...(role.seesLayout ? { layout: layoutSection(context.layout) } : {}),
    item: itemSection(brief),
    file: item.language === '' ? item.filePath : `${item.filePath} (${item.language})`,
    dependencies,
    related: relatedSection(brief, shown),
    target,
    feedback: feedbackSection(brief.feedback),
  };
}

function projectFacts({ context }: AgentBrief): string {
  const facts = [
    ['Languages', context.languages.join(', ')],
    ['Frameworks', context.frameworks.join(', ')],
    ['Tests are run with', context.testCommand === undefined ? '' : `\`${context.testCommand}\``],
    ['Conventions', context.conventions.join(' ')],
  ];
  return facts
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

function layoutSection(layout: string): string {
  if (layout.trim() === '') return '';
  return quoteData('layout of the project', excerptLines(layout, briefingLimits.layout).text);
}

function itemSection({ item }: AgentBrief): string {
  const parts = [item.description.trim()];
  if (item.context !== undefined && item.context.trim() !== '')
    parts.push(cutMiddle(item.context.trim(), briefingLimits.itemContext));
  if (item.acceptance !== undefined && item.acceptance.length > 0)
    parts.push(`It is accepted when:\n${item.acceptance.map(criterion => `- ${criterion}`).join('\n')}`);
  return parts.join('\n\n');
}

async function targetFile({ item }: AgentBrief, files: Pick<StagedView, 'readText'>): Promise<string> {
  const { filePath } = item;
  const found = await readTextOr(files, filePath);
  if (found.kind === 'unreadable') return `${filePath} cannot be shown: ${found.reason}`;
  if (found.kind === 'missing') return `${filePath} does not exist yet.`;
  if (found.text.trim() === '') return `${filePath} exists and is empty.`;
  const excerpt = excerptLines(found.text, briefingLimits.targetFile);
  return quoteData(`${filePath} as it is now, ${describeExcerpt(excerpt)}`, excerpt.text);
}

/** What was done before, by whom it is depended on, with the files as they are now: the item builds on them. */
async function dependencySections(
  { dependencyReports }: AgentBrief,
  files: Pick<StagedView, 'readText'>,
  shown: Set<string>,
): Promise<string> {
  if (dependencyReports.length === 0) return '';
  const share = Math.floor(briefingLimits.dependencyReports / dependencyReports.length);
  const reports = dependencyReports.map(({ itemId, filePath, summary }) =>
    quoteData(`report of ${itemId} on ${filePath}`, cutMiddle(summary.trim(), share)),
  );
  const contents: string[] = [];
  let budget: number = briefingLimits.dependencyFiles;
  for (const { filePath } of dependencyReports) {
    if (shown.has(filePath) || budget <= 0) continue;
    shown.add(filePath);
    const found = await readTextOr(files, filePath);
    if (found.kind !== 'text' || found.text.trim() === '') continue;
    const excerpt = excerptLines(found.text, budget);
    budget -= excerpt.text.length;
    contents.push(quoteData(`${filePath}, ${describeExcerpt(excerpt)}`, excerpt.text));
  }
  return ['Done before yours:', ...reports, ...contents].join('\n');
}

function relatedSection({ context }: AgentBrief, shown: Set<string>): string {
  const excerpts = context.relevantFiles.flatMap(({ path, excerpt }) =>
    excerpt === undefined || shown.has(path) ? [] : { path, text: excerpt },
  );
  return quotedFiles('Related files', excerpts, briefingLimits.relatedFiles);
}

function quotedFiles(
  heading: string,
  entries: readonly { readonly path: string; readonly text: string }[],
  limit: number,
): string {
  const quoted: string[] = [];
  let budget = limit;
  for (const { path, text } of entries) {
    if (text.trim() === '' || budget <= 0) continue;
    const excerpt = excerptLines(text, budget);
    budget -= excerpt.text.length;
    const isWhole = excerpt.end === excerpt.total;
    quoted.push(quoteData(isWhole ? path : `${path}, ${describeExcerpt(excerpt)}`, excerpt.text));
  }
  return quoted.length === 0 ? '' : [`${heading}:`, ...quoted].join('\n');
}

function feedbackSection(feedback: readonly string[]): string {
  if (feedback.length === 0) return '';
  const list = feedback.map(remark => `- ${remark.trim()}`).join('\n');
  return `The last attempt was not good enough. Put this right:\n${quoteData('findings', cutMiddle(list, briefingLimits.feedback))}`;
}
