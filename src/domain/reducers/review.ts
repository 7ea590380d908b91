import type { FileReviewState, ReviewState } from '../reviewState.ts';
import type { RunState } from '../runState.ts';
import { planAgain } from './planAgain.ts';
import type { Reducers } from './reducer.ts';

type ReviewEventType =
  | 'review.opened'
  | 'review.hunksDecided'
  | 'review.edited'
  | 'review.rebased'
  | 'review.commented'
  | 'review.commentRemoved'
  | 'review.changesRequested'
  | 'review.proved'
  | 'review.neededHunksFound'
  | 'review.decided';

const untouched: FileReviewState = { rejectedHunks: [], needsDecision: false };

/** The review of the result. A run that has ended can be reviewed too, so none of it depends on the phase. */
export const reviewReducers: Reducers<ReviewEventType> = {
  'review.opened': state => ({
    ...withReview(state, review => {
      const shown = state.staged?.changes ?? [];
      if (review.shown === shown) return review;
      return { ...review, shown, ...(review.shown.length > 0 && { shownBefore: review.shown }) };
    }),
    phase: state.end ? 'ended' : 'awaitingReview',
  }),
  'review.hunksDecided': (state, { path, hunkIds, decision }) =>
    withFile(state, path, file => {
      const others = file.rejectedHunks.filter(id => !hunkIds.includes(id));
      return { ...file, needsDecision: false, rejectedHunks: decision === 'kept' ? others : [...others, ...hunkIds] };
    }),
  'review.edited': (state, { path, onHash, afterHash }) =>
    withFile(state, path, file => ({ ...file, needsDecision: false, edit: { onHash, afterHash } })),
  'review.rebased': (state, { path, stagedHash, before, after, rejectedHunks, needsDecision }) =>
    withFile(state, path, () => ({ rejectedHunks, needsDecision, rebase: { stagedHash, before, after } })),
  'review.commented': (state, { comment }) =>
    withReview(state, review => ({ ...review, comments: [...review.comments, comment] })),
  'review.commentRemoved': (state, { commentId }) =>
    withReview(state, review => ({
      ...review,
      comments: review.comments.filter(comment => comment.id !== commentId),
    })),
  'review.changesRequested': (state, { comments }) => ({
    ...withReview(state, review => ({ ...review, comments: [], requests: [...review.requests, { comments }] })),
    isResultDue: true,
    items: planAgain(
      state.items,
      comments.map(comment => comment.itemId),
    ),
  }),
  'review.proved': (state, { treeHash, verdict, summary }) =>
    withReview(state, review => ({
      ...review,
      selections: { ...review.selections, [treeHash]: { ...review.selections[treeHash], verdict, summary } },
    })),
  'review.neededHunksFound': (state, { treeHash, hunks, isMinimal, testRuns }) =>
    withReview(state, review => {
      const selection = review.selections[treeHash];
      if (selection === undefined) return review;
      const found = { ...selection, needed: { hunks, isMinimal, testRuns } };
      return { ...review, selections: { ...review.selections, [treeHash]: found } };
    }),
  'review.decided': state => state,
};

function withReview(state: RunState, change: (review: ReviewState) => ReviewState): RunState {
  return { ...state, review: change(state.review) };
}

function withFile(state: RunState, path: string, change: (file: FileReviewState) => FileReviewState): RunState {
  return withReview(state, review => ({
    ...review,
    files: { ...review.files, [path]: change(review.files[path] ?? untouched) },
  }));
}
