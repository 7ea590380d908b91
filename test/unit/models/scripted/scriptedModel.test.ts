import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { AbortError, ConfigurationError, ModelError } from '../../../../src/base/errors.ts';
import type { GenerateRequest, StreamPart } from '../../../../src/models/languageModel.ts';
import { ScriptedModel } from '../../../../src/models/scripted/scriptedModel.ts';
import { useTemporaryDirectory } from '../../../support/temporaryDirectory.ts';
import { steppingClock } from '../fakes.ts';

describe('ScriptedModel', () => {
  const directory = useTemporaryDirectory();
  const { signal } = new AbortController();

  async function open(rules: readonly unknown[]) {
    const file = path.join(directory(), 'script.json');
    writeFileSync(file, JSON.stringify({ rules }));
    const clock = steppingClock();
    const model = new ScriptedModel({ model: 'demo', file, clock });
    await model.initialize();
    const ask = (content: string, role: GenerateRequest['role'] = 'coder') =>
      model.generate({ role, messages: [{ role: 'user', content }], temperature: 0, maxOutputTokens: 10 }, { signal });
    return { model, clock, ask };
  }

  it('answers with the first rule whose role and texts fit, in order, the last answer again and again', async () => {
    const { ask } = await open([
      { role: 'planner', answer: 'a plan' },
      { contains: ['red', 'green'], answers: ['one', 'two'] },
      { answer: 'anything' },
    ]);
    const texts = [
      await ask('red and green', 'planner'),
      await ask('red and green'),
      await ask('red'),
      await ask('green and red'),
      await ask('red and green'),
    ].map(({ text }) => text);
    assert.deepEqual(texts, ['a plan', 'one', 'anything', 'two', 'two']);
  });

  it('streams line by line, after the delay that the answer asks for', async () => {
    const { model, clock } = await open([{ answer: { text: 'a\nb\n\nc', delayMs: 70, finishReason: 'length' } }]);
    const parts: StreamPart[] = [];
    const request = { messages: [{ role: 'user', content: '' }], temperature: 0, maxOutputTokens: 1 } as const;
    for await (const part of model.stream(request, { signal })) parts.push(part);
    assert.deepEqual(
      parts.map(part => (part.type === 'text' ? part.text : part.finishReason)),
      ['a\n', 'b\n', '\n', 'c', 'length'],
    );
    assert.deepEqual(clock.sleeps, [70]);
  });

  it('fails as the script says', async () => {
    const { ask } = await open([
      { answers: [{ failure: 'Busy.', status: 503, isRetryable: true }, { failure: 'Gone.' }] },
    ]);
    await assert.rejects(ask(''), (error: unknown) => {
      assert.ok(error instanceof ModelError);
      assert.deepEqual([error.message, error.status, error.retryable], ['Busy.', 503, true]);
      return true;
    });
    await assert.rejects(ask(''), (error: unknown) => error instanceof ModelError && !error.retryable);
  });

  it('says that it has no answer, and that is not tried again', async () => {
    const { ask } = await open([{ role: 'planner', answer: 'a plan' }]);
    await assert.rejects(ask('\nWrite it.\nPlease.'), (error: unknown) => {
      assert.ok(error instanceof ModelError);
      assert.equal(error.retryable, false);
      assert.match(error.message, /has no answer to this call of the coder \(its last message begins "Write it\."\)/);
      return true;
    });
  });

  it('ends a delay when the call is cancelled', async () => {
    const { model } = await open([{ answer: 'x' }]);
    const request = { messages: [], temperature: 0, maxOutputTokens: 1 };
    await assert.rejects(model.generate(request, { signal: AbortSignal.abort() }), AbortError);
  });

  it('names the file that is not there, and the setting when there is none', async () => {
    const file = path.join(directory(), 'nowhere.yml');
    const clock = steppingClock();
    const errorOf = (options: { file: string | undefined }) =>
      new ScriptedModel({ model: 'm', clock, ...options }).initialize().catch((error: unknown) => error as Error);
    const missing = await errorOf({ file });
    assert.ok(missing instanceof ConfigurationError && missing.message.includes(file));
    assert.match(String(await errorOf({ file: undefined })), /scripted\.file/);
  });
});
