import assert from 'node:assert/strict';
import { type ModelServerRequest, ScriptPlayer } from '../../support/modelServer/modelScript.ts';

function request(system: string, user: string, changes: Partial<ModelServerRequest> = {}): ModelServerRequest {
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content: user },
  ] as const;
  return { protocol: 'openai', headers: {}, model: 'm', messages, isStreaming: true, body: {}, at: 0, ...changes };
}

describe('ScriptPlayer', () => {
  it('answers by the first rule that matches', () => {
    const player = new ScriptPlayer({
      rules: [
        { when: { system: 'You plan', lastMessage: /again/i }, replies: ['another plan'] },
        { when: { system: 'You plan' }, replies: ['plan'] },
        { when: { prompt: { pattern: '^judge', flags: 'i' } }, replies: ['verdict'] },
        { when: { model: 'small', protocol: 'ollama' }, replies: ['small'] },
        { when: ({ messages }) => messages.length > 5, replies: ['long'] },
      ],
    });
    assert.equal(player.play(request('You plan.', 'Do it.')), 'plan');
    assert.equal(player.play(request('You plan.', 'Again!')), 'another plan');
    assert.equal(player.play(request('', 'JUDGE this')), 'verdict');
    assert.equal(player.play(request('', 'x', { model: 'small' })), undefined);
    assert.equal(player.play(request('', 'x', { model: 'small', protocol: 'ollama' })), 'small');
  });

  it('goes through the replies of a rule and stays with the last', () => {
    const player = new ScriptPlayer({ rules: [{ replies: ['first', ({ model }) => `then ${model}`] }] });
    const answers = [1, 2, 3].map(() => player.play(request('', 'x')));
    assert.deepEqual(answers, ['first', 'then m', 'then m']);
  });

  it('passes over a rule that is used up', () => {
    const player = new ScriptPlayer({ rules: [{ replies: ['once'], times: 1 }, { replies: ['ever after'] }] });
    const answers = [1, 2, 3].map(() => player.play(request('', 'x')));
    assert.deepEqual(answers, ['once', 'ever after', 'ever after']);
  });
});
