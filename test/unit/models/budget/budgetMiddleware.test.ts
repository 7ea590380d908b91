import assert from 'node:assert/strict';
import { Budget, type LimitReached } from '../../../../src/models/budget/budget.ts';
import { budgetMiddleware } from '../../../../src/models/budget/budgetMiddleware.ts';
import { Purse } from '../../../../src/models/budget/purse.ts';
import { LanguageModelRegistry } from '../../../../src/models/languageModelRegistry.ts';
import { estimatePromptTokens } from '../../../../src/models/providers/ollamaContext.ts';
import { buildRequest, FakeModel } from '../fakes.ts';

describe('budgetMiddleware', () => {
  it('reserves the dearest that a call may be: a longer prompt than estimated, all of it written to a cache', async () => {
    const registry = new LanguageModelRegistry();
    registry.register('fake', () => new FakeModel([]));
    const asked: LimitReached[] = [];
    const onLimit = async (reached: LimitReached) => {
      asked.push(reached);
      return 'stop' as const;
    };
    const budget = new Budget({ run: new Purse({ usd: 0 }), onLimit });
    const own = { 'fake/m': { input: 1e6, cachedInput: 0, cacheWrite: 2e6, output: 3e6 } };
    const { handle } = budgetMiddleware({ budget, registry, prices: { sources: [], prices: {}, own } });
    const request = buildRequest();
    const session = { ...request, call: { ...request.call, sessionId: 'session_1' } };
    for (const each of [request, session]) {
      await assert.rejects(
        handle(each, () => assert.fail('is not made')),
        /raise the limit and run it again/,
      );
    }
    const input = Math.ceil(estimatePromptTokens(request.call.messages) * 1.3);
    const output = request.settings.maxOutputTokens;
    assert.deepEqual(
      asked.map(({ needed }) => needed),
      [input + 3 * output, 2 * input + 3 * output],
    );
  });
});
