import { ModelError } from '../../base/errors.ts';
import type { StreamPart } from '../languageModel.ts';
import { HttpFaultError } from './httpCall.ts';
import { serverMessage } from './modelFailure.ts';

/** What is known of the optional parts of a protocol that one server takes; learned from its refusals. */
export interface ServerDialect {
  /** How many things were learned: a call sent before the last of them may be refused for what is already known. */
  readonly lessons: number;
  /**
   * Learns from the message of a 400 or 422.
   * @returns whether the same call is worth sending again in the changed dialect; true at most once for each part.
   */
  learnFrom(message: string, hadSchema: boolean): boolean;
}

/** Makes the call again each time that the server's refusal taught us something about its dialect. */
export async function inKnownDialect<T>(dialect: ServerDialect, hadSchema: boolean, run: () => Promise<T>): Promise<T> {
  for (;;) {
    const { lessons } = dialect;
    try {
      return await run();
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      // Another call may have learned it in the meantime.
      if (dialect.lessons === lessons && !dialect.learnFrom(refusal, hadSchema)) throw error;
    }
  }
}

/** `inKnownDialect` for an answer that comes in pieces: a server refuses before the first, so nothing was passed on yet. */
export async function* streamInKnownDialect(
  dialect: ServerDialect,
  hadSchema: boolean,
  open: () => AsyncGenerator<StreamPart, void, undefined>,
): AsyncGenerator<StreamPart, void, undefined> {
  const { first, rest } = await inKnownDialect(dialect, hadSchema, async () => {
    const parts = open();
    return { first: await parts.next(), rest: parts };
  });
  try {
    if (first.done === true) return;
    yield first.value;
    yield* rest;
  } finally {
    await rest.return();
  }
}

/** What the server said when it refused the form of a call, as a 400 or 422. */
function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof ModelError) || (error.status !== 400 && error.status !== 422)) return undefined;
  for (let current: unknown = error.cause; current instanceof Error; current = current.cause) {
    if (current instanceof HttpFaultError && current.fault.kind === 'status') return serverMessage(current.fault.body);
  }
  return undefined;
}
