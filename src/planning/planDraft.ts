import { ValidationError } from '../base/errors.ts';
import { languageOf } from '../domain/language.ts';
import { ancestors, planProblems } from '../domain/planGraph.ts';
import { type WorkItem, workItemSchema } from '../domain/schema/plan.ts';
import { normalizeWorkspacePath } from '../domain/workspacePath.ts';
import type { ItemAnswer } from './planAnswer.ts';
import type { ProjectFiles } from './planner.ts';

/** As many as a plan may have (`planSchema`). */
const maxItems = 50;

/** An answer's items in our own terms; with problems they are not complete and not to be used. */
export interface PlanDraft {
  readonly items: readonly WorkItem[];
  /** One sentence each, in the words of the answer, to be handed to the model. */
  readonly problems: readonly string[];
}

/** Turns the items of an answer into work items, holding their graph and their paths against the real workspace. */
export async function draftPlan(answers: readonly ItemAnswer[], files: ProjectFiles): Promise<PlanDraft> {
  if (answers.length === 0) return failed('work_items is empty: a plan needs at least one item.');
  if (answers.length > maxItems) {
    return failed(`The plan has ${answers.length} items and may have ${maxItems}: merge some, or do less in each.`);
  }
  const problems: string[] = [];
  const items: WorkItem[] = [];
  for (const answer of answers) {
    const result = workItemSchema.safeParse(asWorkItem(answer));
    if (result.success) items.push(result.data);
    else problems.push(...result.error.issues.map(issue => fieldProblem(answer.id, issue)));
    if (!/^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u.test(answer.id))
      problems.push(`The id ${JSON.stringify(answer.id)} may have letters, digits, "_", "-" and "." only.`);
  }
  if (items.length === answers.length) problems.push(...planProblems({ items }));
  if (problems.length > 0) return { items: [], problems };
  return placeItems(items, answers, files);
}

function failed(problem: string): PlanDraft {
  return { items: [], problems: [problem] };
}

/** What the answer says, in the names of the domain; not checked yet. */
function asWorkItem(answer: ItemAnswer): unknown {
  const filePath = normalizeWorkspacePath(answer.file_path);
  const acceptance = (answer.acceptance ?? []).filter(criterion => criterion !== '');
  return {
    id: answer.id,
    filePath,
    description: answer.description,
    mode: answer.mode,
    language: answer.language === undefined || answer.language === '' ? languageOf(filePath) : answer.language,
    fileStatus: answer.file_status ?? 'new',
    dependencies: [...new Set(answer.dependencies ?? [])],
    priority: answer.priority ?? 'normal',
    ...(answer.context === undefined || answer.context === '' ? {} : { context: answer.context }),
    ...(acceptance.length === 0 ? {} : { acceptance }),
  };
}

function fieldProblem(id: string, issue: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
  const [field = 'item', ...rest] = issue.path.map(String);
  const name = [field === 'filePath' ? 'file_path' : field, ...rest].join('.');
  return `Item "${id}": ${name}: ${issue.message}.`;
}

/** Says of every item whether its file is there, whatever the answer thought, and finds files that cannot be. */
async function placeItems(
  items: readonly WorkItem[],
  answers: readonly ItemAnswer[],
  files: ProjectFiles,
): Promise<PlanDraft> {
  const problems = folderProblems(items);
  const placed: WorkItem[] = [];
  for (const [index, item] of items.entries()) {
    const kind = await kindOf(item, files, problems);
    const isWritten = isWrittenBefore(item, items);
    if (kind === undefined && !isWritten && answers[index]?.file_status === 'existing')
      problems.push(...(await misnamedProblem(item, files)));
    placed.push({ ...item, fileStatus: kind === 'file' || isWritten ? 'existing' : 'new' });
  }
  return { items: placed, problems };
}

async function kindOf(
  item: WorkItem,
  files: ProjectFiles,
  problems: string[],
): Promise<'file' | 'directory' | undefined> {
  const prefix = `Item "${item.id}": file_path "${item.filePath}"`;
  try {
    for (const folder of foldersOf(item.filePath)) {
      if ((await files.kindOf(folder)) !== 'file') continue;
      problems.push(`${prefix} goes through "${folder}", which is a file and not a folder.`);
      return undefined;
    }
    const kind = await files.kindOf(item.filePath);
    if (kind === 'directory') problems.push(`${prefix} is a folder; name the file in it.`);
    return kind;
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    problems.push(`${prefix} cannot be used: ${error.message}`);
    return undefined;
  }
}

/** `a/b/c.ts` → `a`, `a/b`. */
function foldersOf(path: string): string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_segment, index) => segments.slice(0, index + 1).join('/'));
}

/** Files of the plan that would have to be folders for other files of the plan. */
function folderProblems(items: readonly WorkItem[]): string[] {
  const paths = new Set(items.map(item => item.filePath));
  return items.flatMap(item =>
    foldersOf(item.filePath)
      .filter(folder => paths.has(folder))
      .map(folder => `Item "${item.id}": "${item.filePath}" lies in "${folder}", which is the file of another item.`),
  );
}

/** Whether an item that comes before this one writes its file. */
function isWrittenBefore(item: WorkItem, items: readonly WorkItem[]): boolean {
  const earlier = ancestors({ items: [...items] }, item.id);
  return items.some(other => other.filePath === item.filePath && other.mode !== 'analyzer' && earlier.has(other.id));
}

/** A file that is said to exist and does not is most often one whose folder the model got wrong. */
async function misnamedProblem(item: WorkItem, files: ProjectFiles): Promise<string[]> {
  const name = item.filePath.slice(item.filePath.lastIndexOf('/') + 1);
  const paths = await files.paths();
  const candidates = paths.filter(path => path === name || path.endsWith(`/${name}`)).slice(0, 3);
  if (candidates.length === 0) return [];
  const list = candidates.map(path => `"${path}"`).join(', ');
  return [
    `Item "${item.id}": there is no file "${item.filePath}"; there is ${list}. For a new file say "file_status": "new".`,
  ];
}
