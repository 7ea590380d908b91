import type { RenderedPrompt } from '../base/promptTemplate.ts';
import type { ModelMessage } from '../domain/schema/model.ts';
import { cutMiddle, oneLine } from './textBudget.ts';

/** One turn: what the model said and what came of it, each also in a few words for when the whole is too long to keep. */
export interface Exchange {
  readonly reply: string;
  /** The prose of the reply, without blocks and edits. */
  readonly prose: string;
  readonly observation: string;
  /** What the reply asked for and what came of it, one line for each action. */
  readonly digest: string;
}

interface Turn extends Exchange {
  readonly messages: readonly ModelMessage[];
}

function turnOf(exchange: Exchange): Turn {
  const { reply, observation } = exchange;
  const messages: readonly ModelMessage[] = [
    { role: 'assistant', content: reply },
    { role: 'user', content: observation },
  ];
  return { ...exchange, messages };
}

const longestReply = 60_000;

/**
 * The messages of one session. It only ever grows at its end, so that providers' prompt caches hit, until it exceeds
 * its budget: then the oldest turns are shortened to their digests in one go, down to half of the budget, so that many
 * turns pass before that happens again. The opening and the two latest turns are never shortened.
 */
export class Conversation {
  readonly #opening: readonly ModelMessage[];
  readonly #maxCharacters: number;
  #exchanges: readonly Turn[] = [];

  constructor({ system, user }: RenderedPrompt, maxCharacters: number) {
    this.#opening = [
      ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
      { role: 'user', content: user },
    ];
    this.#maxCharacters = maxCharacters;
  }

  /** A message stays the same object as long as it is the same, so that what was worked out for it once holds. */
  get messages(): readonly ModelMessage[] {
    return [...this.#opening, ...this.#exchanges.flatMap(exchange => exchange.messages)];
  }

  add(exchange: Exchange): void {
    // Some servers refuse a message without content.
    const reply = cutMiddle(exchange.reply.trim(), longestReply) || '(nothing)';
    this.#exchanges = [...this.#exchanges, turnOf({ ...exchange, reply })];
    if (this.#length > this.#maxCharacters) this.#shorten();
  }

  get #length(): number {
    return this.messages.reduce((length, message) => length + message.content.length, 0);
  }

  #shorten(): void {
    for (let index = 0; index < this.#exchanges.length - 2; index += 1) {
      if (this.#length <= this.#maxCharacters / 2) return;
      this.#exchanges = this.#exchanges.map((turn, other) => (other === index ? turnOf(shortened(turn)) : turn));
    }
  }
}

function shortened({ prose, digest }: Exchange): Exchange {
  const observation = `In short, what came of it:\n${digest}\nLook again if you need more.`;
  return { reply: oneLine(prose, 300) || '…', prose, observation, digest };
}
