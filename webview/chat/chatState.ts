import type { PersistedView } from '../../src/domain/panelProtocol.ts';

/** What the chat keeps over a reload: texts that were begun and not sent. */
export interface ChatState extends PersistedView {
  readonly isChat: true;
  readonly request: string;
  /** By the id of the question. */
  readonly answers: Readonly<Record<string, string>>;
}

const initialChatState: ChatState = { isChat: true, request: '', answers: {} };

/** The state that this script stored earlier, or an empty one. The editor keeps it; nobody else can write it. */
export function restoreChatState(stored: unknown): ChatState {
  return typeof stored === 'object' && stored !== null && 'isChat' in stored ? (stored as ChatState) : initialChatState;
}
