import { errorMessage, ValidationError } from '../../base/errors.ts';
import { plural } from '../../domain/formatQuantity.ts';
import type { ReviewDecision, ReviewRequest } from '../../orchestrator/humanChannel.ts';
import type { Review } from '../../orchestrator/review/review.ts';
import { type ReviewFile, type ReviewHunk, stagedText } from '../../orchestrator/review/reviewFile.ts';
import type { Palette } from '../palette.ts';
import { type Prompter, yesOrNo } from '../prompter.ts';
import { safeLine, safeText } from '../safeText.ts';
import { cutShort, fileTitle, hunkLines, neededLines } from './reviewLines.ts';
import { reviewText, sinceText } from './reviewText.ts';

/** Lets a person edit a text in an editor of their own; `undefined` when they left it as it is. */
export type TextEditor = (text: string, path: string, options: { readonly signal: AbortSignal }) => Promise<string>;

export interface ReviewDialogOptions {
  readonly prompter: Prompter;
  readonly palette: Palette;
  readonly editText: TextEditor;
}

/** What is to be decided; `isPassed`: the score reached the threshold. */
export interface ReviewQuestion extends Pick<ReviewRequest, 'review' | 'setback'> {
  readonly isPassed: boolean;
}

interface Options {
  readonly signal: AbortSignal;
}

const mainHelp = {
  y: 'apply what is kept',
  n: 'turn all of it down',
  h: 'go through it hunk by hunk',
  s: 'send the items back with your comments',
  q: 'leave it as it is for now',
};
const hunkHelp = {
  y: 'keep this hunk',
  n: 'reject it',
  a: 'keep it and the rest of this file',
  d: 'reject it and the rest of this file',
  e: 'edit the staged text of this file',
  c: 'comment on it, for its agent',
  j: 'leave it as it is, go to the next',
  k: 'go back to the one before',
  q: 'stop here',
};
type HunkKey = keyof typeof hunkHelp;

/** The conversation about a run's changes at a terminal: as a whole, or hunk by hunk in the manner of `git add -p`. */
export class ReviewDialog {
  readonly #options: ReviewDialogOptions;

  constructor(options: ReviewDialogOptions) {
    this.#options = options;
  }

  async decide({ review, isPassed, setback }: ReviewQuestion, options: Options): Promise<ReviewDecision> {
    if (setback?.kind === 'notProven') await this.#searchNeeded(review, setback.message, options);
    if (setback?.kind === 'conflicts') await this.#resolve(review, setback.paths, options);
    let doubt = setback?.message ?? (isPassed ? undefined : 'The quality was not reached.');
    let isShown = setback !== undefined;
    for (;;) {
      const canSendBack = review.comments.length > 0 || review.isUnfinished;
      const keys = ['y', 'n', 'h', ...(canSendBack ? ['s'] : []), 'q'];
      const key = await this.#askKey(this.#question(review, isShown, doubt), keys, mainHelp, options);
      // In spite of the tests only as long as it is what they ran on.
      const despiteProof = setback?.kind === 'notProven' && review.proof?.treeHash === setback.proof.treeHash;
      if (key === 'y') return { kind: 'accept', despiteProof };
      if (key === 'n') return { kind: 'refuse' };
      if (key === 's') return { kind: 'requestChanges' };
      if (key === 'q') return { kind: 'leave' };
      await this.#walk(review, options);
      doubt = undefined;
      isShown = false;
    }
  }

  #question(review: Review, isShown: boolean, doubt: string | undefined): string {
    const { palette } = this.#options;
    const changes = review.selection();
    const diff = isShown ? [] : [reviewText(changes, palette), ...sinceText(review, palette)];
    const rest = review.isUnfinished ? [palette.yellow(cutShort)] : [];
    const above = [...diff, ...rest].map(text => `${text}\n`).join('');
    const count = plural(changes.length, 'file');
    if (doubt === undefined) return `${above}${palette.bold(`Apply these changes to ${count}?`)}`;
    return `${above}${palette.yellow(safeText(doubt))} ${palette.bold(`Apply these changes to ${count} all the same?`)}`;
  }

  /** Offers to find the hunks that the tests need. */
  async #searchNeeded(review: Review, message: string, options: Options): Promise<void> {
    const { prompter, palette } = this.#options;
    const rejected = review.files.some(file => file.decision !== 'kept');
    if (!rejected || review.proof?.verdict !== 'fails' || review.proof.needed) return;
    const text = `${palette.yellow(safeText(message))}\n${palette.bold('Look for the rejected hunks that the tests need? The tests run some times for that.')}`;
    if (!(await prompter.ask(text, '[y/n] ', yesOrNo, options))) return;
    const search = await review.findNeededHunks(options);
    const lines = search.kind === 'found' ? neededLines(search.needed, palette) : [safeText(search.reason)];
    prompter.tell(lines.join('\n'));
  }

  async #resolve(review: Review, paths: readonly string[], options: Options): Promise<void> {
    const { prompter, palette } = this.#options;
    for (const path of paths) {
      const file = review.files.find(each => each.path === path);
      if (!file || file.conflicts === 0) continue;
      const text = palette.bold(
        `${safeLine(path)} conflicts with your workspace. Edit it now, with both versions in it?`,
      );
      if (await prompter.ask(text, '[y/n] ', yesOrNo, options)) await this.#edit(review, file, options);
    }
  }

  /** One hunk after the other, from the first of the first file. */
  async #walk(review: Review, options: Options): Promise<void> {
    for (let at = 0; ; ) {
      const places = review.files.flatMap(file => file.hunks.map(hunk => ({ file, hunk })));
      const place = places[at];
      if (!place) return;
      const { file, hunk } = place;
      const { palette } = this.#options;
      const keys: HunkKey[] = ['y', 'n', 'a', 'd', 'e', 'c', 'j', 'k', 'q'];
      const title = palette.bold(`(${at + 1}/${places.length}) ${fileTitle(file, palette)}`);
      const text = [title, ...hunkLines(hunk, palette)].join('\n');
      const key = await this.#askKey(text, keys, hunkHelp, options);
      if (key === 'q') return;
      if (key === 'k') at = Math.max(0, at - 1);
      else if (key === 'e') await this.#edit(review, file, options);
      else if (key === 'c') await this.#comment(review, file, hunk, options);
      else at += decideHunk(review, file, hunk, key);
    }
  }

  async #edit(review: Review, file: ReviewFile, options: Options): Promise<void> {
    const text = stagedText(file);
    if (text === undefined) {
      this.#options.prompter.tell(`${safeLine(file.path)} has no text to edit.`);
      return;
    }
    await this.#tellFailure(async () => {
      review.edit(file.path, await this.#options.editText(text, file.path, options));
    });
  }

  async #comment(review: Review, { path, change }: ReviewFile, hunk: ReviewHunk, options: Options): Promise<void> {
    const { prompter } = this.#options;
    const text = await prompter.ask('What should be changed here?', '> ', answer => answer, options);
    if (text === '') return;
    const added = hunk.lines.findIndex(line => line.kind === 'added');
    const above = hunk.lines.slice(0, Math.max(0, added)).filter(line => line.kind !== 'deleted').length;
    const line = hunk.lines.length === 0 || !change.after ? {} : { line: Math.max(1, hunk.newStart + above) };
    await this.#tellFailure(() => Promise.resolve(void review.comment({ path, text, ...line })));
  }

  /** What cannot be done is told, and the conversation goes on. */
  async #tellFailure(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      this.#options.prompter.tell(safeText(errorMessage(error)));
    }
  }

  #askKey<K extends string>(
    text: string,
    keys: readonly string[],
    help: Readonly<Record<K, string>>,
    options: Options,
  ): Promise<K> {
    const { prompter } = this.#options;
    const accept = (answer: string): K | undefined => {
      const key = answer.toLowerCase() === 'yes' ? 'y' : answer.toLowerCase() === 'no' ? 'n' : answer.toLowerCase();
      if (keys.includes(key)) return key as K;
      const known = Object.entries<string>(help).filter(([each]) => keys.includes(each));
      prompter.tell(known.map(([each, meaning]) => `${each}  ${meaning}`).join('\n'));
      return undefined;
    };
    return prompter.ask(text, `[${keys.join('/')}/?] `, accept, options);
  }
}

/** Returns how many hunks further the walk goes. */
function decideHunk(review: Review, file: ReviewFile, hunk: ReviewHunk, key: HunkKey): number {
  const { path, hunks } = file;
  const index = hunks.indexOf(hunk);
  const isRest = key === 'a' || key === 'd';
  const decision = key === 'y' || key === 'a' ? 'kept' : 'rejected';
  if (key !== 'j')
    for (const each of isRest ? hunks.slice(index) : [hunk])
      review.decide({ kind: 'hunk', path, hunkId: each.id }, decision);
  return isRest ? hunks.length - index : 1;
}
