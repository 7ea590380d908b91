import assert from 'node:assert/strict';
import { callKey, type KeyedCall } from '../../../../src/models/reuse/callKey.ts';

const base: KeyedCall = {
  server: 'http://one',
  settings: { provider: 'openai', model: 'm', temperature: 0, maxOutputTokens: 10 },
  call: {
    messages: [
      { role: 'system', content: 'a' },
      { role: 'user', content: 'b' },
    ],
    responseSchema: { name: 'n', schema: { type: 'object', properties: { x: { type: 'string' } } } },
  },
};
const { settings, call } = base;

describe('callKey', () => {
  it('is the same for the same call, whatever the order of properties and whoever asks', () => {
    const schema = { properties: { x: { type: 'string' } }, type: 'object' };
    const same = {
      ...base,
      call: { ...call, responseSchema: { name: 'other', schema }, itemId: 'item', role: 'coder' },
    };
    assert.equal(callKey(same), callKey(base));
    assert.match(callKey(base), /^[0-9a-f]{64}$/);
  });

  it('is another for anything that may change the answer', () => {
    const [system, user] = call.messages;
    assert.ok(system !== undefined && user !== undefined);
    const others: KeyedCall[] = [
      base,
      { ...base, server: 'http://two' },
      { ...base, settings: { ...settings, provider: 'ollama' } },
      { ...base, settings: { ...settings, model: 'n' } },
      { ...base, settings: { ...settings, temperature: 0.1 } },
      { ...base, settings: { ...settings, maxOutputTokens: 11 } },
      { ...base, call: { messages: call.messages } },
      { ...base, call: { ...call, responseSchema: { name: 'n', schema: { type: 'object' } } } },
      { ...base, call: { ...call, messages: [user, system] } },
      { ...base, call: { ...call, messages: [system] } },
      { ...base, call: { ...call, messages: [system, { ...user, role: 'assistant' }] } },
      {
        ...base,
        call: {
          ...call,
          messages: [
            { role: 'system', content: 'ab' },
            { ...user, content: '' },
          ],
        },
      },
    ];
    assert.equal(new Set(others.map(callKey)).size, others.length);
  });
});
