import { useEffect, useRef } from 'preact/hooks';
import type { ChatEntry, QuestionState, RunState } from '../../src/domain/runState.ts';
import { titleOf } from '../common/words.ts';
import { QuestionForm } from './questionForm.tsx';

export interface ThreadProperties {
  readonly run: RunState | null;
  readonly isLive: boolean;
  /** Answers that were begun, by the id of the question. */
  readonly drafts: Readonly<Record<string, string>>;
  readonly onDraft: (questionId: string, text: string) => void;
  readonly onAnswer: (questionId: string, text: string) => void;
  readonly isBusy: boolean;
}

/** How near to its end, in pixels, a thread counts as read to its end. */
const nearEnd = 40;

/** Everything that was said in the run, oldest first. It moves with new messages only if it was at its end. */
export function Thread({ run, isLive, drafts, onDraft, onAnswer, isBusy }: ThreadProperties) {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const entries = run?.chat ?? [];
  useEffect(() => {
    const element = list.current;
    if (element && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [entries.length]);
  const remember = () => {
    const element = list.current;
    if (element) isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearEnd;
  };
  return (
    <div class="thread" ref={list} onScroll={remember} tabIndex={0} role="log" aria-label="Conversation">
      {run ? <Message sender="human" name="You" text={run.task?.description ?? ''} at={run.startedAt} /> : <Welcome />}
      {entries.map(entry => {
        const question = run?.questions.find(({ id }) => id === entry.id);
        const isOpen = question !== undefined && question.answer === undefined && isLive;
        return (
          <Message
            key={entry.id}
            sender={entry.sender}
            name={nameOf(entry, question, run)}
            text={entry.text}
            at={entry.at}
          >
            {isOpen ? (
              <QuestionForm
                question={question}
                draft={drafts[question.id] ?? ''}
                onDraft={text => onDraft(question.id, text)}
                onAnswer={text => onAnswer(question.id, text)}
                isBusy={isBusy}
              />
            ) : null}
          </Message>
        );
      })}
    </div>
  );
}

function Welcome() {
  return (
    <div class="welcome">
      <h2>Trellis</h2>
      <p>
        Say below what you want to have done. You will see the plan before anything is written, and the changes before
        anything of yours is touched. Questions of the agents appear here.
      </p>
    </div>
  );
}

interface MessageProperties {
  readonly sender: ChatEntry['sender'];
  readonly name: string;
  readonly text: string;
  readonly at: number;
  readonly children?: preact.ComponentChildren;
}

function Message({ sender, name, text, at, children }: MessageProperties) {
  const time = new Date(at);
  return (
    <article class={`message message-${sender}`}>
      <p class="message-head">
        <strong>{name}</strong>
        <time class="quiet" dateTime={time.toISOString()}>
          {time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}
        </time>
      </p>
      <p class="message-text">{text}</p>
      {children}
    </article>
  );
}

/** Who speaks: `worker-2, on "Write the parser"`. */
function nameOf(entry: ChatEntry, question: QuestionState | undefined, run: RunState | null): string {
  if (entry.sender === 'human') return 'You';
  if (entry.sender === 'system') return entry.senderId === 'default' ? 'Default answer' : 'Trellis';
  if (question?.asker.kind === 'planner') return 'Planner';
  if (question?.asker.kind !== 'worker') return entry.senderId;
  const item = run?.items[question.asker.itemId]?.item;
  return item ? `${entry.senderId}, on “${titleOf(item.description)}”` : entry.senderId;
}
