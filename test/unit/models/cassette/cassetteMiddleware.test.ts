import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AbortError, ConfigurationError, ModelError, StorageError } from '../../../../src/base/errors.ts';
import { answerFromCassette, recordToCassette } from '../../../../src/models/cassette/cassetteMiddleware.ts';
import { composeMiddleware, type ModelHandler, type ModelRequest } from '../../../../src/models/middleware.ts';
import { maskForStorage } from '../../../../src/models/safety/maskForStorage.ts';
import { useTemporaryDirectory } from '../../../support/temporaryDirectory.ts';
import { buildReply, buildRequest } from '../fakes.ts';

const asking = (...contents: string[]): ModelRequest =>
  buildRequest({ call: { role: 'coder', messages: contents.map(content => ({ role: 'user', content })) } });

const unreachable: ModelHandler = () => Promise.reject(new Error('A call was made.'));

describe('a cassette', () => {
  const directory = useTemporaryDirectory();
  const secret = 'correct-horse-battery-4711';
  const mask = maskForStorage(() => Promise.resolve([{ kind: 'environment-value', value: secret }]));
  const place = () => path.join(directory(), 'run.jsonl');
  const recorder = (model: ModelHandler, file = place()) =>
    composeMiddleware([recordToCassette({ file, mask })], model);
  const player = (file = place()) => composeMiddleware([answerFromCassette({ file, mask })], unreachable);

  async function record(...texts: string[]) {
    let count = 0;
    const handle = recorder(async () => buildReply({ text: `answer ${++count}` }));
    for (const text of texts) await handle(asking(text));
  }

  it('answers what was recorded, in order when the same was asked several times, and makes no call', async () => {
    await record('one', 'two', 'one');
    const handle = player();
    const deltas: string[] = [];
    const first = await handle({ ...asking('one'), onText: delta => void deltas.push(delta) });
    assert.deepEqual(
      [first.text, first.isCached, first.costUsd, first.usage],
      ['answer 1', true, 0, buildReply().usage],
    );
    assert.deepEqual(deltas, ['answer 1']);
    assert.equal((await handle(asking('one'))).text, 'answer 3');
    assert.equal((await handle(asking('two'))).text, 'answer 2');
    await assert.rejects(handle(asking('one')), /the same call was recorded 2 times only\.$/);
  });

  it('keeps calls apart that differ in their parameters alone', async () => {
    await record('one');
    const settings = { ...asking('one').settings, temperature: 0.9 };
    await assert.rejects(
      player()({ ...asking('one'), settings }),
      /differs first in the temperature: recorded 0\.5, asked 0\.9$/,
    );
  });

  it('shows the nearest call and where it differs', async () => {
    await record('Write hello.\nIn French.\nThanks.', 'Something else.');
    await assert.rejects(player()(asking('Write hello.\nIn German.\nThanks.')), (error: unknown) => {
      assert.ok(error instanceof ModelError && !error.retryable);
      assert.ok(
        error.message.startsWith(
          `The cassette ${place()} has no answer to this call of the coder; work on the files of then, or record it again: `,
        ),
      );
      assert.match(
        error.message,
        /in line 2, differs first in message 1 \(user\), line 2:\n {2}after "Write hello\."\n {2}recorded: "In French\."\n {2}asked: {4}"In German\."$/,
      );
      return true;
    });
    await assert.rejects(
      player()(asking('Something else.', 'And more.')),
      /in line 3, differs first in the number of messages: recorded 1, asked 2$/,
    );
  });

  it('fails as the recorded call failed for good', async () => {
    const failing = recorder(() =>
      Promise.reject(new ModelError('No key.', { provider: 'fake', status: 401, retryable: false })),
    );
    await assert.rejects(failing(asking('one')), /No key/);
    await assert.rejects(player()(asking('one')), (error: unknown) => {
      assert.ok(error instanceof ModelError);
      assert.deepEqual([error.message, error.status], ['No key.', 401]);
      return true;
    });
  });

  it('keeps no call that was cancelled', async () => {
    await assert.rejects(recorder(() => Promise.reject(new AbortError()))(asking('one')), AbortError);
    assert.ok(!existsSync(place()));
  });

  it('holds no key, no secret of the workspace and no address of a person, and finds the call that had one all the same', async () => {
    const key = 'sk-abcdefghijklmnopqrstuvwxyz123456';
    const person = 'ada.lovelace@analytical-engine.org';
    const text = `The key is ${key}, the password ${secret}, the author ${person}.`;
    await recorder(async () => buildReply({ text: `I saw ${key}, ${secret} and ${person}.` }))(asking(text));
    const kept = readFileSync(place(), 'utf8');
    assert.ok(kept.includes('The key is'));
    for (const hidden of [key, secret, person]) assert.ok(!kept.includes(hidden), hidden);
    const placeholder = '\\[masked: [a-z0-9-]+\\]';
    assert.match(
      (await player()(asking(text))).text,
      new RegExp(`^I saw \\[redacted\\], ${placeholder} and ${placeholder}\\.$`),
    );
  });

  it('is readable by its owner only, and replaces an earlier one', async () => {
    await record('one', 'two');
    await record('three');
    assert.equal(readFileSync(place(), 'utf8').trim().split('\n').length, 2);
    if (process.platform !== 'win32') assert.equal(statSync(place()).mode & 0o077, 0);
  });

  it('replaces no file that is something else', async () => {
    writeFileSync(place(), 'My notes.\n');
    await assert.rejects(record('one'), (error: unknown) => {
      assert.ok(error instanceof ConfigurationError);
      assert.match(error.message, /is there already and is not a cassette; record to another one\.$/);
      return true;
    });
    assert.equal(readFileSync(place(), 'utf8'), 'My notes.\n');
  });

  it('says which file cannot be written or read', async () => {
    const nowhere = path.join(directory(), 'no', 'folder.jsonl');
    const failing = recorder(async () => buildReply(), nowhere)(asking('one'));
    await assert.rejects(failing, (error: unknown) => error instanceof StorageError && error.message.includes(nowhere));
    await assert.rejects(player(nowhere)(asking('one')), ConfigurationError);
  });

  it('loses no call of many that end at the same time', async () => {
    const texts = Array.from({ length: 30 }, (_, index) => `question ${index}`);
    const handle = recorder(async request => buildReply({ text: request.call.messages[0]?.content ?? '' }));
    await Promise.all(texts.map(text => handle(asking(text))));
    const replay = player();
    const answers = await Promise.all(texts.map(async text => (await replay(asking(text))).text));
    assert.deepEqual(answers, texts);
  });
});
