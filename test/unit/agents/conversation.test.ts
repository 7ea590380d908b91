import assert from 'node:assert/strict';
import { Conversation } from '../../../src/agents/conversation.ts';

const opening = { system: 'system', user: 'user' };

function turn(number: number, length = 100) {
  return {
    reply: `reply ${number} `.padEnd(length, 'r'),
    prose: `prose ${number}`,
    observation: `observation ${number} `.padEnd(length, 'o'),
    digest: `digest ${number}`,
  };
}

function lengthOf(conversation: Conversation): number {
  return conversation.messages.reduce((length, { content }) => length + content.length, 0);
}

describe('a conversation', () => {
  it('opens with the prompt and grows by a reply and its observation', () => {
    const conversation = new Conversation(opening, 10_000);
    conversation.add(turn(1, 0));
    assert.deepEqual(conversation.messages, [
      { role: 'system', content: 'system' },
      { role: 'user', content: 'user' },
      { role: 'assistant', content: 'reply 1' },
      { role: 'user', content: 'observation 1 ' },
    ]);
    assert.equal(new Conversation({ system: '', user: 'user' }, 1).messages.length, 1);
  });

  it('has no message without content', () => {
    const conversation = new Conversation(opening, 10_000);
    conversation.add({ ...turn(1), reply: ' \n' });
    assert.equal(conversation.messages[2]?.content, '(nothing)');
  });

  it('shortens its oldest turns in one go, rarely, and keeps the opening and the two latest as they are', () => {
    const conversation = new Conversation(opening, 10_000);
    let shortenings = 0;
    for (let number = 1; number <= 60; number += 1) {
      const before = conversation.messages;
      conversation.add(turn(number, 500));
      const after = conversation.messages;
      if (before.some((message, index) => message !== after[index] && message.content !== after[index]?.content))
        shortenings += 1;
      assert.ok(lengthOf(conversation) <= 10_000);
      assert.deepEqual(after.slice(0, 2), before.slice(0, 2));
      assert.match(after.at(-1)?.content ?? '', new RegExp(`^observation ${number} o+$`));
      assert.match(after.at(-3)?.content ?? '', /^(?:observation \d+ o+|user)$/);
    }
    assert.ok(shortenings >= 3 && shortenings <= 20, `${shortenings} times`);
    assert.match(conversation.messages[2]?.content ?? '', /^prose 1$/);
    assert.match(conversation.messages[3]?.content ?? '', /digest 1\n/);
  });
});
