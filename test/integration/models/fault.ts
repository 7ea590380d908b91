// The terms in which the tables of faults are written.
import type { FinishReason, ModelLimits } from '../../../src/domain/schema/model.ts';
import type { Protocol, ScriptAnswer, ScriptReply, StreamFault } from '../../support/modelServer/modelScript.ts';

/** The call ends with an error, after the first try or, where it may pass, after three more. */
export interface Failure {
  /** The sentence, its remedy at the end included. */
  readonly fails: RegExp;
  readonly status?: number;
  readonly retried: boolean;
  /** Before the second try: at least and at most. Half of the first 500 ms, where the server asks for nothing. */
  readonly firstWaitMs?: readonly [number, number];
}

/** The call ends with an answer, at the first try. */
export interface Answer {
  readonly text: string;
  readonly finishReason?: FinishReason;
  /** The server's count was missing or cannot be right. */
  readonly isUsageEstimated?: boolean;
}

export interface Fault {
  readonly name: string;
  /** Nobody listens, when undefined. */
  readonly reply: ScriptReply | (() => ScriptReply) | undefined;
  /** All, when missing. */
  readonly protocols?: readonly Protocol[];
  readonly limits?: Partial<ModelLimits>;
  readonly outcome: Failure | Answer;
  /** Tokens, for each time that the server is asked. */
  readonly charged: number;
}

/** The question of the harness in tokens, as the server counts them and as we estimate them. */
export const prompt = { counted: 20, estimated: 17 };
const beginning = 'export const';
/** By our estimate, since a server that breaks off does not count. */
export const forBeginning = prompt.estimated + 3;

export const begun = (fault: StreamFault): ScriptAnswer => ({ text: beginning, fault });
export const retried = (fails: RegExp, rest: Partial<Failure> = {}): Failure => ({ fails, retried: true, ...rest });
export const final = (fails: RegExp, rest: Partial<Failure> = {}): Failure => ({ fails, retried: false, ...rest });
export const short = { firstByteTimeoutMs: 250, idleTimeoutMs: 250 };
