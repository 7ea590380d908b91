// Every command of the extension, once. A test holds the table against package.json, and registering them needs a
// handler for each, so a command that is renamed or forgotten breaks the build and not the user.

export interface CommandDescription {
  /** Without the category `Trellis`. */
  readonly title: string;
  /** The context key that must be set for the command to be offered. */
  readonly enablement?: ContextKey;
}

/** What menus and the palette can ask about; see `contextKeys.ts`. */
export type ContextKey = 'trellis.isRunning' | 'trellis.hasChanges' | 'trellis.canReview' | 'trellis.canUndo';

export const commandTable = {
  'trellis.planAndImplement': { title: 'Plan & Implement' },
  'trellis.cancelRun': { title: 'Cancel Run', enablement: 'trellis.isRunning' },
  'trellis.showPanel': { title: 'Show Panel' },
  'trellis.showHistory': { title: 'Show History' },
  'trellis.reviewChanges': { title: 'Review Changes', enablement: 'trellis.hasChanges' },
  'trellis.acceptAll': { title: 'Accept All Changes', enablement: 'trellis.canReview' },
  'trellis.refuseChanges': { title: 'Refuse Changes', enablement: 'trellis.canReview' },
  'trellis.undoAccept': { title: 'Undo Accepted Changes', enablement: 'trellis.canUndo' },
  'trellis.setOpenAiKey': { title: 'Set OpenAI API Key' },
  'trellis.setAnthropicKey': { title: 'Set Anthropic API Key' },
  'trellis.removeApiKeys': { title: 'Remove All API Keys' },
  'trellis.showLog': { title: 'Show Log' },
} as const satisfies Record<`trellis.${string}`, CommandDescription>;

export type CommandId = keyof typeof commandTable;

/** One handler for each command; menus, key bindings and other extensions may hand it anything. */
export type CommandHandlers = Readonly<Record<CommandId, (argument?: unknown) => void | Promise<void>>>;
