import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { AbortError, ModelError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { modelLimitsSchema } from '../../src/domain/schema/model.ts';
import { type EditorModelAccess, editorModelProvider } from '../../src/editor/editorModels.ts';
import { collectStream } from '../../src/models/languageModel.ts';
import { PluginModel } from '../../src/models/plugins/pluginModel.ts';

const { signal } = new AbortController();
const request = {
  messages: [
    { role: 'system', content: 'You write code.' },
    { role: 'user', content: 'Write hello.' },
    { role: 'assistant', content: 'hello' },
    { role: 'user', content: 'Again.' },
  ],
  temperature: 0,
  maxOutputTokens: 100,
} as const;

/** A model of the editor that answers with `texts`; one token is one character. */
function fakeChat(changes: Partial<vscode.LanguageModelChat> = {}, texts: readonly string[] = ['hel', 'lo']) {
  const sent: { messages: vscode.LanguageModelChatMessage[]; justification: string | undefined }[] = [];
  const lengthOf = (text: string | vscode.LanguageModelChatMessage) =>
    typeof text === 'string' ? text.length : textOf(text).length;
  const chat: vscode.LanguageModelChat = {
    id: 'gpt-4.1-id',
    name: 'GPT-4.1',
    vendor: 'copilot',
    family: 'gpt-4.1',
    version: '1',
    maxInputTokens: 1000,
    countTokens: async text => lengthOf(text),
    sendRequest: async (messages, options) => {
      sent.push({ messages, justification: options?.justification });
      async function* answer() {
        yield* texts;
      }
      return { text: answer(), stream: answer() };
    },
    ...changes,
  };
  return { chat, sent };
}

function textOf(message: vscode.LanguageModelChatMessage): string {
  return message.content.map(part => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

function modelOf(name: string, models: readonly vscode.LanguageModelChat[], changes: Partial<EditorModelAccess> = {}) {
  let lookUps = 0;
  const provider = editorModelProvider({
    selectChatModels: async () => {
      lookUps += 1;
      return models;
    },
    canSendRequest: () => undefined,
    ...changes,
  });
  const limits = modelLimitsSchema.parse({});
  const model = new PluginModel({ provider, model: name, limits, logger: silentLogger });
  return { model, lookUps: () => lookUps };
}

async function ask(chat: vscode.LanguageModelChat, changes: Partial<EditorModelAccess> = {}, given = signal) {
  const { model } = modelOf('copilot/gpt-4.1', [chat], changes);
  await model.initialize();
  return collectStream(model.stream(request, { signal: given }));
}

async function assertFails(call: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof ModelError, String(error));
    assert.match(error.message, message);
    assert.deepEqual([error.provider, error.retryable], ['vscode', false]);
    return true;
  });
}

describe("the provider of the editor's models", () => {
  it('asks nothing of the editor before a run needs it', async () => {
    const { chat, sent } = fakeChat();
    const { model, lookUps } = modelOf('gpt-4.1', [chat]);
    assert.equal(model.capabilities.contextLength, undefined);
    assert.equal(lookUps(), 0);
    await model.initialize();
    assert.deepEqual([lookUps(), sent.length, model.capabilities.contextLength], [1, 0, 1000]);
    assert.equal(model.billing, 'unknown');
  });

  it('sends the conversation, says what for, and counts both sides', async () => {
    const { chat, sent } = fakeChat();
    const usage = { inputTokens: 38, outputTokens: 5, cachedInputTokens: 0 };
    assert.deepEqual(await ask(chat), { text: 'hello', finishReason: 'stop', usage });
    const { User, Assistant } = vscode.LanguageModelChatMessageRole;
    assert.deepEqual(
      sent[0]?.messages.map(message => [message.role, textOf(message)]),
      [
        [User, 'You write code.'],
        [User, 'Write hello.'],
        [Assistant, 'hello'],
        [User, 'Again.'],
      ],
    );
    assert.match(sent[0].justification ?? '', /Trellis/);
  });

  it('knows a model by its id, its vendor and family, or its family', async () => {
    const other = fakeChat({ id: 'other', family: 'other' }).chat;
    for (const name of ['gpt-4.1-id', 'copilot/gpt-4.1', 'gpt-4.1']) {
      await modelOf(name, [other, fakeChat().chat]).model.initialize();
    }
  });

  it('says which models there are when there is none of that name', async () => {
    const { chat } = fakeChat();
    await assertFails(
      modelOf('qwen', [chat]).model.initialize(),
      /^The editor has no model "qwen"; set the model to one that it has: copilot\/gpt-4\.1\.$/,
    );
    await assertFails(modelOf('qwen', []).model.initialize(), /no model "qwen", and none at all; install an extension/);
  });

  for (const [what, error, message] of [
    [
      'is not allowed',
      vscode.LanguageModelError.NoPermissions('No consent.'),
      /may not use .*\(No consent\); allow it in the menu/,
    ],
    ['is gone', vscode.LanguageModelError.NotFound('Gone'), /no longer has the model "copilot\/gpt-4\.1" \(Gone\)/],
    [
      'is blocked',
      vscode.LanguageModelError.Blocked('Quota.'),
      /refuses the call \(Quota\); see what its extension says/,
    ],
    ['fails', new vscode.LanguageModelError('x'), /The editor's model "copilot\/gpt-4\.1" failed \(x\); try again/],
    ['throws something else', new TypeError('boom'), /The editor's model "copilot\/gpt-4\.1" failed \(boom\)/],
  ] as const) {
    it(`says what to do when a model ${what}`, () =>
      assertFails(ask(fakeChat({ sendRequest: () => Promise.reject(error) }).chat), message));
  }

  it('asks no model that the user said no to', async () => {
    const { chat, sent } = fakeChat();
    await assertFails(ask(chat, { canSendRequest: () => false }), /Trellis may not use the editor's model/);
    assert.equal(sent.length, 0);
  });

  it('sends no prompt that does not fit', () =>
    assertFails(ask(fakeChat({ maxInputTokens: 37 }).chat), /prompt of 38 tokens does not fit into the 37/));

  it('tells the model that the run is cancelled, and does not wait for it', async () => {
    const controller = new AbortController();
    let token: vscode.CancellationToken | undefined;
    const asked = Promise.withResolvers<void>();
    const { chat } = fakeChat({
      sendRequest: (_messages, _options, given) => {
        token = given;
        asked.resolve();
        return new Promise(() => undefined);
      },
    });
    const call = ask(chat, {}, controller.signal);
    await asked.promise;
    controller.abort(new AbortError());
    await assert.rejects(call, AbortError);
    assert.equal(token?.isCancellationRequested, true);
  });
});
