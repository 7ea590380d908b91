import { otherFileLedTo, pathFromLine } from '../dialects/pathLine.ts';
import type { CodeFence } from './codeFences.ts';
import { languageOfFile, languageOfName } from './languages.ts';
import { looksLikeSource } from './sourceShape.ts';
import type { TextRange } from './textRange.ts';

/** The file that an item is about. */
export interface TargetFile {
  readonly path: string;
  /** What the plan calls its language. */
  readonly language: string;
}

/** A whole file found in a reply without any edit, where in the reply it stands, or why none could be made out. */
export type BareFile =
  | { readonly kind: 'file'; readonly content: string; readonly range: TextRange }
  | { readonly kind: 'problem'; readonly reason: string }
  | { readonly kind: 'none' };

/** What a reply without edits looks like. */
export interface BareReply {
  readonly text: string;
  readonly fences: readonly CodeFence[];
  /** The reply also asks for something or says that it is done: then the text around a fence is not the file. */
  readonly hasBlocks: boolean;
  /** The model was cut off, so that the end of the reply is missing. */
  readonly isCut: boolean;
}

/**
 * Takes a reply without edits as the content of the item's one file: all of it when it is nothing but source code, or
 * else its only fence in the file's language. Prose is never taken.
 */
export function findBareFile(reply: BareReply, target: TargetFile): BareFile {
  const language = languageOfFile(target.path, target.language);
  const fences = reply.fences.filter(fence => fence.indentation <= 3);
  const beforeFence = reply.text.slice(0, fences[0]?.start);
  if (!reply.hasBlocks && looksLikeSource(beforeFence, language) && looksLikeSource(reply.text, language)) {
    if (reply.isCut) return cutOff(target);
    return file(reply.text, { start: 0, end: reply.text.length }, target);
  }
  const candidates = fences.filter(fence => isCandidate(fence, language));
  const [only] = candidates;
  if (only === undefined) return { kind: 'none' };
  if (language === 'markdown') return markdownFile(reply, target, only);
  if (candidates.length > 1) {
    return {
      kind: 'problem',
      reason: `The reply has ${candidates.length} code fences without the path of a file above them, so it is not clear which of them is ${target.path}.`,
    };
  }
  if (!only.isClosed && reply.isCut) return cutOff(target);
  const lead = beforeFence.trimEnd().split('\n').at(-1) ?? '';
  const other = fences[0] === only ? otherFileLedTo(lead, target.path) : undefined;
  if (other !== undefined) {
    const reason = `The line above the fence names ${other}, and your file is ${target.path}. Put the path of the file that the fence holds alone on the line above it.`;
    return { kind: 'problem', reason };
  }
  return file(only.content, only, target);
}

function isCandidate(fence: CodeFence, language: string | undefined): boolean {
  if (fence.content.trim() === '') return false;
  const [name = ''] = fence.info.split(/[\s:{,]/);
  const fenceLanguage = languageOfName(name);
  if (fenceLanguage !== undefined && language !== undefined) return fenceLanguage === language;
  if (fenceLanguage !== undefined) return !['shell', 'diff'].includes(fenceLanguage);
  return language === 'markdown' || language === 'text' || looksLikeSource(fence.content, language);
}

/**
 * A Markdown file holds fences itself: it goes from the first opening fence to the last closing one. A closing fence that
 * is one too many counts as an opening one, since it follows those that the file holds.
 */
function markdownFile(reply: BareReply, target: TargetFile, first: CodeFence): BareFile {
  const last = reply.fences.at(-1) ?? first;
  if (!last.isClosed && reply.isCut) return cutOff(target);
  if (first === last) return file(first.content, first, target);
  const isSurplus = !last.isClosed && last.info === '';
  const lineEnd = reply.text.indexOf('\n', last.start);
  const end = isSurplus && lineEnd !== -1 ? lineEnd : last.end;
  const lines = reply.text.slice(first.start, end).split('\n');
  return file(
    lines.slice(1, last.isClosed || isSurplus ? -1 : undefined).join('\n'),
    { start: first.start, end },
    target,
  );
}

/** `content` is the file, without blank lines around it and without the line with its path that models put first. */
function file(content: string, range: TextRange, target: TargetFile): BareFile {
  const text = content.replace(/^(?:[ \t]*\n)+/, '').trimEnd();
  const [firstLine = '', ...rest] = text.split('\n');
  const isComment = /^(?:#|\/[/*]|--|;|<!--)/.test(firstLine);
  if (rest.length > 0 && !isComment && pathFromLine(firstLine) === target.path)
    return file(rest.join('\n'), range, target);
  return { kind: 'file', content: `${text}\n`, range };
}

function cutOff(target: TargetFile): BareFile {
  return {
    kind: 'problem',
    reason: `The reply was cut off before ${target.path} was complete. Send it again in smaller parts: a short first version, then search/replace edits.`,
  };
}
