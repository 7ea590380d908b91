import assert from 'node:assert/strict';
import { z } from 'zod';
import { ModelError, UnusableAnswerError } from '../../../src/base/errors.ts';
import type { PromptLibrary } from '../../../src/base/promptLibrary.ts';
import { callForJson, type ModelCall } from '../../../src/models/modelClient.ts';
import { scriptedModelClient } from '../../support/scriptedModelClient.ts';

const schema = z.strictObject({ completeness: z.number(), feedback: z.array(z.string()).default([]) });
const prompts: PromptLibrary = { render: (name, { problems }) => ({ system: '', user: `${name}:\n${problems}` }) };
const call: ModelCall = { role: 'judge', messages: [{ role: 'user', content: 'Judge.' }] };

const options = () => ({ signal: new AbortController().signal, prompts });

function assertModelError(promise: Promise<unknown>, message: RegExp): Promise<void> {
  return assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof ModelError);
    assert.equal(error.retryable, false);
    assert.match(error.message, message);
    return true;
  });
}

describe('callForJson', () => {
  it('sends the JSON schema of the answer and returns the parsed value', async () => {
    const { client, calls } = scriptedModelClient('{"completeness": 0.5}');
    const result = await callForJson(client, call, schema, options());
    assert.deepEqual(result.value, { completeness: 0.5, feedback: [] });
    assert.deepEqual(result.repairs, []);
    assert.equal(result.replies.length, 1);
    const sent = calls[0]?.responseSchema;
    assert.ok(sent !== undefined);
    assert.equal(sent.name, 'judge_answer');
    assert.deepEqual(sent.schema['required'], ['completeness']);
    assert.equal(sent.schema['$schema'], undefined);
  });

  it('asks again with the answer and the exact paths, and counts every reply', async () => {
    const { client, calls } = scriptedModelClient('{"completeness": "high"}', 'Sorry. {"completeness": 1}');
    const result = await callForJson(client, call, schema, options());
    assert.equal(result.value.completeness, 1);
    assert.deepEqual(result.repairs, ['surroundingTextRemoved']);
    assert.deepEqual(
      result.replies.map(reply => reply.exchangeId),
      ['exchange_1', 'exchange_2'],
    );
    const sent = calls[1]?.messages ?? [];
    assert.deepEqual(sent[0], call.messages[0]);
    assert.deepEqual(sent[1], { role: 'assistant', content: '{"completeness": "high"}' });
    assert.match(sent[2]?.content ?? '', /^correction:\n- completeness: /);
  });

  it('records what was mended and what was sent back, and nothing of an answer that fits as it came', async () => {
    const { client, readings } = scriptedModelClient('{"feedback": [1]}', 'Here: {completeness: 1,');
    await callForJson(client, call, schema, options());
    assert.deepEqual(
      readings.map(({ exchangeId, role, repairs }) => [exchangeId, role, repairs]),
      [
        ['exchange_1', 'judge', []],
        ['exchange_2', 'judge', ['surroundingTextRemoved', 'endClosed']],
      ],
    );
    assert.match(readings[0]?.problems.join() ?? '', /^completeness: .*,feedback\.0: /);
    assert.deepEqual(readings[1]?.problems, []);
    const clean = scriptedModelClient('{"completeness": 0.5}');
    await callForJson(clean.client, call, schema, options());
    assert.deepEqual(clean.readings, []);
  });

  it('gives up after two corrections, naming the model, the problem and the remedy', async () => {
    const { client, calls } = scriptedModelClient('prose', '', '{"completeness": null}');
    await assertModelError(
      callForJson(client, call, schema, options()),
      /judge model "test" \(scripted\) gave no usable answer in 3 tries \(the last: completeness: .*choose a stronger model/,
    );
    assert.equal(calls.length, 3);
    assert.deepEqual(
      calls[2]?.messages.map(message => message.role),
      ['user', 'user'],
    );
  });

  it('names the token limit when the last answer was cut by it', async () => {
    const cut = { text: 'I think', finishReason: 'length' as const };
    const { client } = scriptedModelClient(cut, cut, cut);
    await assertModelError(callForJson(client, call, schema, options()), /raise maxOutputTokens/);
  });

  it('does not argue with a refusal', async () => {
    const { client, calls } = scriptedModelClient({ text: 'I will not judge.', finishReason: 'refusal' });
    await assertModelError(callForJson(client, call, schema, options()), /refused to answer \(I will not judge\.\)\./);
    assert.equal(calls.length, 1);
  });

  it('takes what a check finds wrong back to the model, and tells of each wrong answer', async () => {
    const { client, calls } = scriptedModelClient('{"completeness": 2}', 'prose', '```json\n{"completeness": 1}\n```');
    const rejected: (readonly [number, readonly string[]])[] = [];
    const result = await callForJson(client, call, schema, {
      ...options(),
      check: async ({ value, reply, repairs }) =>
        value.completeness <= 1 ? [] : [`${reply.exchangeId}: completeness is over 1 (${repairs.length} repairs)`],
      onRejected: (attempt, problems) => rejected.push([attempt, problems]),
    });
    assert.equal(result.value.completeness, 1);
    assert.match(calls[1]?.messages[2]?.content ?? '', /- exchange_1: completeness is over 1 \(0 repairs\)/);
    assert.deepEqual(rejected, [
      [1, ['exchange_1: completeness is over 1 (0 repairs)']],
      [2, ['The answer holds no JSON object.']],
    ]);
  });

  it('carries the problems of the last answer when it gives up', async () => {
    const { client } = scriptedModelClient('a', 'b', 'c');
    await assert.rejects(callForJson(client, call, schema, options()), (error: unknown) => {
      assert.ok(error instanceof UnusableAnswerError);
      assert.deepEqual(error.problems, ['The answer holds no JSON object.']);
      return true;
    });
  });

  it('does not send a huge wrong answer back whole', async () => {
    const { client, calls } = scriptedModelClient('x'.repeat(5_000_000), '{"completeness": 1}');
    await callForJson(client, call, schema, options());
    assert.ok((calls[1]?.messages[1]?.content.length ?? 0) <= 32_000);
  });
});
