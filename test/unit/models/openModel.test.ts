import assert from 'node:assert/strict';
import type { ModelProvider } from '../../../api/trellis.d.ts';
import { ConfigurationError } from '../../../src/base/errors.ts';
import { flow } from '../../../src/models/flow.ts';
import { openModel } from '../../../src/models/openModel.ts';

describe('openModel', () => {
  it('serves any provider, one of your own too, and closes it', async () => {
    let closed = 0;
    const provider: ModelProvider = {
      name: 'echo',
      createModel: name => ({
        billing: 'free',
        generate: ({ messages }) => ({ text: `${name}: ${messages.at(-1)?.content}`, finishReason: 'stop' }),
        dispose: () => void (closed += 1),
      }),
    };
    const model = openModel({ provider: 'echo', model: 'parrot', plugins: [provider] });
    const result = await flow()
      .prompt('said', () => 'hello')
      .run({}, { model });
    assert.deepEqual(
      [result.outcome, result.state, result.metrics.costUsd],
      ['succeeded', { said: 'parrot: hello' }, 0],
    );
    await model.dispose();
    assert.equal(closed, 1);
  });

  it('says in a sentence what is wrong with an option, and repeats no password', () => {
    const openai = { baseUrl: 'http://me:hunter22@host/v1' };
    assert.throws(
      () => openModel({ provider: 'openai', model: 'm', openai, limits: { maxRetries: -1 } }),
      (error: unknown) =>
        error instanceof ConfigurationError &&
        /^The model cannot be opened \(openai\.baseUrl: must not hold a user name or a password; a key is set apart\); see/.test(
          error.message,
        ),
    );
  });

  it('names the providers there are when there is none of that name', () => {
    assert.throws(
      () => openModel({ provider: 'gpt', model: 'm' }),
      (error: unknown) =>
        error instanceof ConfigurationError && /choose one of anthropic, ollama, openai, scripted/.test(error.message),
    );
  });
});
