import type { ModelMessage } from '../../../src/domain/schema/model.ts';

/** A string that must occur, an expression that must match, or the latter as a JSON file can write it. */
export type TextMatch = string | RegExp | { readonly pattern: string; readonly flags?: string };

/** All that are given must hold. A server knows no roles: a role is told by what its prompt says. */
export interface RequestMatch {
  readonly system?: TextMatch;
  /** Any message of the conversation. */
  readonly prompt?: TextMatch;
  readonly lastMessage?: TextMatch;
  readonly model?: string;
  readonly protocol?: Protocol;
}

export type Protocol = 'openai' | 'ollama' | 'anthropic';

/** What the server got, as a rule sees it and a test may look at it afterwards. */
export interface ModelServerRequest {
  readonly protocol: Protocol;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly model: string;
  readonly messages: readonly ModelMessage[];
  readonly isStreaming: boolean;
  readonly body: Readonly<Record<string, unknown>>;
  /** When it came, in milliseconds since the epoch. */
  readonly at: number;
}

/** How a stream goes wrong after its text. `cut` ends it cleanly, but without saying that it is complete. */
export type StreamFault =
  | 'reset'
  | 'stall'
  | 'cut'
  /** An error object in the protocol's own form. */
  | { readonly error: unknown }
  /** A frame's content that is sent as it is. */
  | { readonly malformed: string }
  /** Bytes that are no frame at all, sent as they are. */
  | { readonly raw: string };

export interface ScriptAnswer {
  readonly text: string;
  /** Sends the text this many times over. */
  readonly repeat?: number;
  /** As the protocol writes it, `stop` and `length` in any; `null` leaves it out. */
  readonly finishReason?: string | null;
  /** Counted from the text where it is missing; `null` leaves it out; anything else is sent as it is. */
  readonly usage?: unknown;
  /** Characters of text in one frame. */
  readonly frameCharacters?: number;
  readonly frameDelayMs?: number;
  /** Stops when that many characters or a few more are sent, and goes on when the promise resolves. */
  readonly pause?: { readonly afterCharacters: number; readonly until: Promise<unknown> };
  /** Cuts the bytes on the wire into pieces of this size, also in the middle of a character. */
  readonly pieceBytes?: number;
  readonly isRefusal?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Frames without any choice or message in them. */
  readonly hasNoChoices?: boolean;
  readonly fault?: StreamFault;
}

/** An HTTP status instead of an answer. */
export interface ScriptStatus {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is when it is a string. */
  readonly body?: unknown;
}

/** What happens instead of any answer: the connection is reset, or stays silent. */
export interface ScriptSilence {
  readonly connection: 'reset' | 'stall';
}

export type ScriptReply = string | ScriptAnswer | ScriptStatus | ScriptSilence;

export interface ScriptRule {
  /** Every request, when missing. */
  readonly when?: RequestMatch | ((request: ModelServerRequest) => boolean);
  /** One for the first match, the next for the second and so on; the last one for all that follow. */
  readonly replies: readonly (ScriptReply | ((request: ModelServerRequest) => ScriptReply))[];
  /** After that many matches the rule is passed over; without end by default. */
  readonly times?: number;
}

export interface ModelScript {
  /** The first rule that matches answers. */
  readonly rules: readonly ScriptRule[];
  /** The only models that there are; any name is one when missing. */
  readonly models?: readonly string[];
  /** What the models can take at most, as Ollama tells it. */
  readonly contextLength?: number;
  /** Behaves as old Ollama servers do: a prompt that is too long is cut without a word. */
  readonly cutsLongPrompts?: boolean;
  /** The context that a model is really loaded with, whatever is asked for; a prompt that is longer is cut without a word. */
  readonly loadedContext?: number;
}

/** Plays a script: keeps count of how often each rule has answered. */
export class ScriptPlayer {
  readonly #rules: readonly { readonly rule: ScriptRule; count: number }[];

  constructor(script: ModelScript) {
    this.#rules = script.rules.map(rule => ({ rule, count: 0 }));
  }

  /** The next reply for the request; undefined when no rule has one. */
  play(request: ModelServerRequest): ScriptReply | undefined {
    const state = this.#rules.find(({ rule, count }) => count < (rule.times ?? Infinity) && matches(rule, request));
    if (state === undefined) return undefined;
    const reply = state.rule.replies[Math.min(state.count, state.rule.replies.length - 1)];
    state.count += 1;
    return typeof reply === 'function' ? reply(request) : reply;
  }
}

function matches(rule: ScriptRule, request: ModelServerRequest): boolean {
  const { when } = rule;
  if (when === undefined) return true;
  if (typeof when === 'function') return when(request);
  const contents = request.messages.map(message => message.content);
  const system = request.messages.filter(message => message.role === 'system').map(message => message.content);
  return (
    hasMatch(when.system, system) &&
    hasMatch(when.prompt, contents) &&
    hasMatch(when.lastMessage, contents.slice(-1)) &&
    (when.model === undefined || when.model === request.model) &&
    (when.protocol === undefined || when.protocol === request.protocol)
  );
}

function hasMatch(match: TextMatch | undefined, texts: readonly string[]): boolean {
  if (match === undefined) return true;
  if (typeof match === 'string') return texts.some(text => text.includes(match));
  const expression = match instanceof RegExp ? match : new RegExp(match.pattern, match.flags);
  return texts.some(text => text.search(expression) !== -1);
}
