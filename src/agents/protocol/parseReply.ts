import type { EditProblem, FileEdit } from '../../domain/schema/changes.ts';
import { normalizeWorkspacePath } from '../../domain/workspacePath.ts';
import type { AgentAction } from './agentAction.ts';
import { decodeEntities, parseLineRange } from './attributes.ts';
import { findBareFile, type TargetFile } from './bareFile.ts';
import { type Block, type ScannedBlocks, scanBlocks } from './blocks.ts';
import { type CodeFence, findCodeFences, findInlineCode } from './codeFences.ts';
import { type TextRange, unionOfRanges, withoutRanges } from './textRange.ts';
import { withoutThinking } from './thinking.ts';

/** The edits of a reply, in any dialect. */
export interface ReplyEdits {
  readonly edits: readonly FileEdit[];
  /** Blocks that look like edits and are none, or are not whole. */
  readonly problems: readonly EditProblem[];
  /** Where all of these stand in the reply, path lines and fences included: nothing in there is a block. */
  readonly ranges: readonly TextRange[];
}

/** Finds the edits of a reply; an edit without a path is one to `defaultPath`. */
export type EditReader = (text: string, options: { readonly defaultPath: string }) => ReplyEdits;

export interface ReplyContext {
  /** The file that the item is about. */
  readonly target: TargetFile;
  /** How edits are found; without it the reply is read as that of an agent that writes nothing. */
  readonly readEdits?: EditReader;
  /** The model was cut off. */
  readonly isCut: boolean;
}

export interface ParsedReply {
  /** The reply as it was read: with `\n` as line ends, without the thinking before the answer. */
  readonly text: string;
  /** The prose: what is neither a block nor an edit. */
  readonly prose: string;
  /** In the order of the reply; all edits are one action, where the first of them stands. */
  readonly actions: readonly AgentAction[];
}

/** Longer replies are refused unread: no model writes one in good faith, and reading must not stall the host. */
export const maximumReplyLength = 400_000;
/** More blocks than any turn needs. */
const maximumBlocks = 30;

/** Turns a model's reply into prose and typed actions. What cannot be read becomes an `invalid` action with the reason. */
export function parseReply(reply: string, context: ReplyContext): ParsedReply {
  if (reply.length > maximumReplyLength) {
    const reason = `The reply is too long: ${reply.length} characters, ${maximumReplyLength} allowed.`;
    return { text: reply, prose: '', actions: [invalid(reason)] };
  }
  const text = withoutThinking(reply.replaceAll('\r\n', '\n'));
  const found = context.readEdits?.(text, { defaultPath: context.target.path }) ?? noEdits;
  const foundRanges = unionOfRanges(found.ranges);
  const unedited = blank(text, foundRanges);
  const fences = findCodeFences(unedited);
  const quoted = unionOfRanges([...foundRanges, ...fences, ...findInlineCode(unedited, fences)]);
  const scanned = scanBlocks(text, quoted, maximumBlocks);
  const edit = context.readEdits === undefined ? undefined : editOf(text, found, fences, scanned, context);
  const editRanges = edit?.ranges ?? [];
  const placed: PlacedAction[] = [
    ...scanned.blocks.map(block => ({ start: block.start, action: actionOf(block, editRanges) })),
    ...scanned.malformed.map(({ start, reason }) => ({ start, action: invalid(reason) })),
    ...(edit === undefined ? [] : [{ start: edit.ranges[0]?.start ?? 0, action: edit.action }]),
  ];
  if (placed.length === 0 && scanned.hasQuoted) {
    const reason =
      'The blocks stand inside code, where they are quoted and not carried out. Write each on a line of its own, outside of fences and backticks.';
    placed.push({ start: 0, action: invalid(reason) });
  }
  const actions = [...placed].sort((a, b) => a.start - b.start).map(({ action }) => action);
  if (scanned.isTruncated)
    actions.push(invalid(`The reply has more than ${maximumBlocks} blocks; only the first of them were carried out.`));
  const used = unionOfRanges([...editRanges, ...scanned.blocks, ...scanned.malformed]);
  return { text, prose: withoutRanges(text, used), actions };
}

interface PlacedAction {
  readonly start: number;
  readonly action: AgentAction;
}

/** The edits of the reply as one action; without any, the whole file that the reply may be. */
function editOf(
  text: string,
  found: ReplyEdits,
  fences: readonly CodeFence[],
  { blocks, malformed }: ScannedBlocks,
  { target, isCut }: ReplyContext,
): { readonly action: AgentAction; readonly ranges: readonly TextRange[] } | undefined {
  const edits = found.edits.map(withPlainPaths);
  const problems = isCut && edits.length > 0 ? [...found.problems, cutOff] : found.problems;
  if (edits.length > 0 || problems.length > 0) {
    return { action: { kind: 'edit', edits, problems, origin: 'blocks' }, ranges: unionOfRanges(found.ranges) };
  }
  // Who still looks around is not writing yet.
  const mayBeFile = malformed.length === 0 && blocks.every(({ name }) => name === 'done' || name === 'run');
  if (!mayBeFile) return undefined;
  const bare = findBareFile({ text, fences, hasBlocks: blocks.length > 0, isCut }, target);
  switch (bare.kind) {
    case 'none':
      return undefined;
    case 'problem':
      return { action: invalid(bare.reason), ranges: [] };
    case 'file': {
      const write: FileEdit = { type: 'writeFile', path: target.path, content: bare.content, mustBeNew: false };
      return { action: { kind: 'edit', edits: [write], problems: [], origin: 'bareReply' }, ranges: [bare.range] };
    }
  }
}

/** The end of a reply can be the end of an edit, and there is no telling what more was to come. */
const cutOff: EditProblem = {
  kind: 'incomplete',
  path: '',
  reason:
    'The reply was cut off at its greatest length, so edits may be missing; say less, and send search/replace blocks in place of whole files.',
  nearest: [],
};

const noEdits: ReplyEdits = { edits: [], problems: [], ranges: [] };

function withPlainPaths(edit: FileEdit): FileEdit {
  const path = normalizeWorkspacePath(edit.path);
  return edit.type === 'move' ? { ...edit, path, to: normalizeWorkspacePath(edit.to) } : { ...edit, path };
}

function blank(text: string, ranges: readonly TextRange[]): string {
  let result = '';
  let position = 0;
  for (const { start, end } of ranges) {
    result += text.slice(position, start) + text.slice(start, end).replaceAll(/[^\n]/g, ' ');
    position = end;
  }
  return result + text.slice(position);
}

function actionOf(block: Block, editRanges: readonly TextRange[]): AgentAction {
  const attribute = (...names: readonly string[]) =>
    names.map(name => block.attributes.get(name)?.trim()).find(value => value !== undefined && value !== '');
  const body = block.body?.trim() ?? '';
  switch (block.name) {
    case 'read':
      return readAction(attribute('path', 'file') ?? decodeEntities(body), attribute('lines', 'range'));
    case 'list':
      return { kind: 'list', path: normalizeWorkspacePath(attribute('path', 'directory') ?? decodeEntities(body)) };
    case 'search': {
      const pattern = attribute('pattern', 'query', 'text') ?? decodeEntities(body);
      const path = normalizeWorkspacePath(attribute('path', 'directory') ?? '');
      if (pattern === '') return invalid('`<search>` has no `pattern`.');
      return { kind: 'search', pattern, ...(path === '' ? {} : { path }) };
    }
    case 'run': {
      const command = attribute('command', 'cmd') ?? commandOf(body);
      return command === '' ? invalid('`<run>` has no command in it.') : { kind: 'run', command };
    }
    case 'ask': {
      const question = attribute('question') ?? body;
      const options = (attribute('options') ?? '').split('|').map(option => option.trim());
      if (question === '') return invalid('`<ask>` has no question in it.');
      return { kind: 'ask', question, options: options.filter(option => option !== '') };
    }
    case 'done':
      return { kind: 'done', summary: doneSummary(block, editRanges) };
  }
}

function readAction(path: string, lines: string | undefined): AgentAction {
  if (path === '') return invalid('`<read>` has no `path`.');
  if (lines === undefined) return { kind: 'read', path: normalizeWorkspacePath(path) };
  const range = parseLineRange(lines);
  if (range === undefined) return invalid(`\`lines="${lines.slice(0, 50)}"\` is not a range such as \`1-80\`.`);
  return { kind: 'read', path: normalizeWorkspacePath(path), lines: range };
}

/** A command without the fence that models put around it, its entities decoded when all of it is encoded. */
function commandOf(body: string): string {
  const [fence] = findCodeFences(body);
  const isFenced = fence?.start === 0 && fence.end === body.length;
  const command = (isFenced ? fence.content : body).trim();
  const isEncoded = /&(?:amp|lt|gt|quot);/.test(command) && !/[<>]|&(?!(?:amp|lt|gt|quot|#39|apos);)/.test(command);
  return isEncoded ? decodeEntities(command) : command.replace(/^`([^`\n]+)`$/, '$1');
}

/** The words of a `<done>`, without the edits that some models wrap in it. */
function doneSummary(block: Block, editRanges: readonly TextRange[]): string {
  if (block.body === undefined) return block.attributes.get('summary')?.trim() ?? '';
  const { body, bodyStart } = block;
  const inside = editRanges
    .map(({ start, end }) => ({ start: start - bodyStart, end: end - bodyStart }))
    .filter(({ start, end }) => start >= 0 && end <= body.length);
  return withoutRanges(body, inside);
}

function invalid(reason: string): AgentAction {
  return { kind: 'invalid', reason };
}
