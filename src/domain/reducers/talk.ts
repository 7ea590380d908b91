import type { ChatEntry, RunState } from '../runState.ts';
import type { Reducers } from './reducer.ts';

type TalkEventType = 'question.asked' | 'question.answered' | 'chat.posted';

/** The conversation between the workers and the human. */
export const talkReducers: Reducers<TalkEventType> = {
  'question.asked': (state, { asker, question, at }) => ({
    ...withEntry(state, {
      id: question.id,
      sender: asker.kind === 'budget' ? 'system' : 'worker',
      senderId: asker.kind === 'worker' ? asker.workerId : asker.kind,
      text: question.text,
      at,
      questionId: question.id,
    }),
    questions: [...state.questions, { ...question, asker, askedAt: at }],
  }),
  'question.answered': (state, { questionId, text, by, at }) => ({
    ...withEntry(state, {
      id: `${questionId}/answer`,
      sender: by === 'human' ? 'human' : 'system',
      senderId: by,
      text,
      at,
      questionId,
    }),
    questions: state.questions.map(question =>
      question.id === questionId && !question.answer ? { ...question, answer: { text, by, at } } : question,
    ),
  }),
  'chat.posted': (state, { messageId, sender, senderId, text, at }) =>
    withEntry(state, { id: messageId, sender, senderId, text, at }),
};

function withEntry(state: RunState, entry: ChatEntry): RunState {
  return { ...state, chat: [...state.chat, entry] };
}
