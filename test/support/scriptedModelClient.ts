import assert from 'node:assert/strict';
import type { AnswerReading, ModelCall, ModelClient, ModelReply } from '../../src/models/modelClient.ts';

type ScriptedAnswer = string | Error | (Partial<ModelReply> & { readonly text: string });

/** A client that gives the answers in turn, throws those that are errors, and keeps the calls. */
export function scriptedModelClient(...answers: ScriptedAnswer[]) {
  const calls: ModelCall[] = [];
  const readings: AnswerReading[] = [];
  const client: ModelClient = {
    call: async (call, { signal, onText }) => {
      signal.throwIfAborted();
      const answer = answers[calls.length];
      calls.push(call);
      assert.ok(answer !== undefined, `the model was asked ${calls.length} times and has ${answers.length} answers`);
      if (answer instanceof Error) throw answer;
      onText?.(typeof answer === 'string' ? answer : answer.text);
      return {
        finishReason: 'stop',
        usage: { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0 },
        costUsd: 0,
        latencyMs: 1,
        isCached: false,
        provider: 'scripted',
        model: 'test',
        exchangeId: `exchange_${calls.length}`,
        ...(typeof answer === 'string' ? { text: answer } : answer),
      };
    },
    recordReading: async reading => void readings.push(reading),
  };
  return { client, calls, readings };
}
