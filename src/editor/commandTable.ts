// Every command of the extension, once. A test holds the table against package.json, and registering them needs a
// handler for each, so a command that is renamed or forgotten breaks the build and not the user.

export interface CommandDescription {
  /** Without the category `Trellis`. */
  readonly title: string;
  /** The context key that must be set for the command to be offered. */
  readonly enablement?: ContextKey;
}

/** What menus, keys and the palette can ask about; see `contextKeys.ts`. */
export const contextKeys = [
  'trellis.isRunning',
  'trellis.hasChanges',
  'trellis.hasReview',
  'trellis.canReview',
  'trellis.canRequestChanges',
  'trellis.hasEarlierAttempt',
  'trellis.isOverviewInFront',
  'trellis.canUndo',
] as const;

export type ContextKey = (typeof contextKeys)[number];

export const commandTable = {
  'trellis.planAndImplement': { title: 'Plan & Implement' },
  'trellis.cancelRun': { title: 'Cancel Run', enablement: 'trellis.isRunning' },
  'trellis.showPanel': { title: 'Show Panel' },
  'trellis.showHistory': { title: 'Show History' },
  'trellis.reviewChanges': { title: 'Review Changes', enablement: 'trellis.hasChanges' },
  'trellis.acceptHunk': { title: 'Accept Hunk', enablement: 'trellis.canReview' },
  'trellis.rejectHunk': { title: 'Reject Hunk', enablement: 'trellis.canReview' },
  'trellis.nextHunk': { title: 'Go to Next Hunk', enablement: 'trellis.hasReview' },
  'trellis.previousHunk': { title: 'Go to Previous Hunk', enablement: 'trellis.hasReview' },
  'trellis.acceptFile': { title: 'Accept File', enablement: 'trellis.canReview' },
  'trellis.rejectFile': { title: 'Reject File', enablement: 'trellis.canReview' },
  'trellis.acceptItem': { title: 'Accept Item', enablement: 'trellis.canReview' },
  'trellis.rejectItem': { title: 'Reject Item', enablement: 'trellis.canReview' },
  'trellis.openReviewNode': { title: 'Open Diff', enablement: 'trellis.hasReview' },
  'trellis.toggleReviewNode': { title: 'Toggle Acceptance', enablement: 'trellis.canReview' },
  'trellis.acceptAll': { title: 'Accept All and Apply', enablement: 'trellis.canReview' },
  'trellis.applyReview': { title: 'Apply Accepted Changes', enablement: 'trellis.canReview' },
  'trellis.refuseChanges': { title: 'Refuse Changes', enablement: 'trellis.canReview' },
  'trellis.addReviewComment': { title: 'Add Comment', enablement: 'trellis.canReview' },
  'trellis.sendReviewComment': { title: 'Comment and Request Changes', enablement: 'trellis.canReview' },
  'trellis.removeReviewComment': { title: 'Remove Comment', enablement: 'trellis.canReview' },
  'trellis.requestChanges': { title: 'Request Changes', enablement: 'trellis.canRequestChanges' },
  'trellis.showChangesSinceComments': {
    title: 'Show What Changed Since Your Comments',
    enablement: 'trellis.hasEarlierAttempt',
  },
  'trellis.revertRun': { title: 'Revert Run' },
  'trellis.undoAccept': { title: 'Undo Accepted Changes', enablement: 'trellis.canUndo' },
  'trellis.setOpenAiKey': { title: 'Set OpenAI API Key' },
  'trellis.setAnthropicKey': { title: 'Set Anthropic API Key' },
  'trellis.removeApiKeys': { title: 'Remove All API Keys' },
  'trellis.showLog': { title: 'Show Log' },
} as const satisfies Record<`trellis.${string}`, CommandDescription>;

export type CommandId = keyof typeof commandTable;

/** The commands of a review. */
export type ReviewCommandId =
  | 'trellis.acceptHunk'
  | 'trellis.rejectHunk'
  | 'trellis.nextHunk'
  | 'trellis.previousHunk'
  | 'trellis.acceptFile'
  | 'trellis.rejectFile'
  | 'trellis.acceptItem'
  | 'trellis.rejectItem'
  | 'trellis.openReviewNode'
  | 'trellis.toggleReviewNode'
  | 'trellis.acceptAll'
  | 'trellis.applyReview'
  | 'trellis.refuseChanges'
  | 'trellis.addReviewComment'
  | 'trellis.sendReviewComment'
  | 'trellis.removeReviewComment'
  | 'trellis.requestChanges'
  | 'trellis.showChangesSinceComments';

/** One handler for each command; menus, key bindings and other extensions may hand it anything. */
export type CommandHandlers = Readonly<Record<CommandId, (argument?: unknown) => void | Promise<void>>>;
