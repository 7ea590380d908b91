// The provider `vscode`: the models that the editor already has, by its Language Model API.
import * as vscode from 'vscode';
import type { GenerateRequest, ModelProvider, StreamPart } from '../../api/trellis.d.ts';
import { abortErrorOf } from '../base/abort.ts';
import { ModelError, TrellisError } from '../base/errors.ts';
import { editorProvider } from '../config/configuration.ts';

/** What is needed of VS Code, so that tests can stand in for it. */
export interface EditorModelAccess {
  selectChatModels(): Thenable<readonly vscode.LanguageModelChat[]>;
  /** False when the user, or an administrator, said no; undefined when nobody was asked yet. */
  canSendRequest(model: vscode.LanguageModelChat): boolean | undefined;
}

const mostNamed = 12;

/**
 * The models of the editor. Nothing is looked up before a run needs it, and a run begins with something that the user did;
 * so the editor's question whether Trellis may use the models comes up then and at no other time.
 */
export function editorModelProvider(access: EditorModelAccess): ModelProvider {
  return {
    name: editorProvider,
    createModel: name => {
      const model = new EditorModel(name, access);
      return {
        billing: 'unknown',
        get capabilities() {
          const { maxInputTokens } = model;
          return maxInputTokens === undefined ? {} : { contextLength: maxInputTokens };
        },
        initialize: () => model.find(),
        generate: () => Promise.reject(new Error('The models of the editor stream.')),
        stream: (request, { signal }) => model.stream(request, signal),
      };
    },
  };
}

class EditorModel {
  readonly #name: string;
  readonly #access: EditorModelAccess;
  #chat: vscode.LanguageModelChat | undefined;

  constructor(name: string, access: EditorModelAccess) {
    this.#name = name;
    this.#access = access;
  }

  get maxInputTokens(): number | undefined {
    return this.#chat?.maxInputTokens;
  }

  /** By its id, its vendor and family (`copilot/gpt-4.1`), or its family; the first that fits. */
  async find(): Promise<void> {
    const models = await this.#access.selectChatModels();
    const names = [(m: vscode.LanguageModelChat) => m.id, fullName, (m: vscode.LanguageModelChat) => m.family];
    this.#chat = names.flatMap(nameOf => models.filter(model => nameOf(model) === this.#name))[0];
    if (this.#chat === undefined) throw failure(this.#missing(models));
  }

  async *stream(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<StreamPart, void, undefined> {
    const chat = this.#chat;
    if (chat === undefined) throw new Error('find() was not called.');
    if (this.#access.canSendRequest(chat) === false) throw failure(notAllowed(chat));
    const cancellation = new vscode.CancellationTokenSource();
    const cancel = () => cancellation.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const messages = request.messages.map(toChatMessage);
      const inputTokens = await countTokens(chat, messages, cancellation.token);
      if (inputTokens > chat.maxInputTokens) throw failure(tooLong(chat, inputTokens));
      const response = await chat.sendRequest(messages, { justification }, cancellation.token);
      const texts: string[] = [];
      for await (const text of response.text) {
        texts.push(text);
        yield { type: 'text', text };
      }
      const outputTokens = await chat.countTokens(texts.join(''), cancellation.token);
      // Why an answer ended is not told.
      yield { type: 'end', finishReason: 'stop', usage: { inputTokens, outputTokens, cachedInputTokens: 0 } };
    } catch (error) {
      throw signal.aborted ? abortErrorOf(signal) : describe(error, chat);
    } finally {
      signal.removeEventListener('abort', cancel);
      cancellation.dispose();
    }
  }

  #missing(models: readonly vscode.LanguageModelChat[]): string {
    const who = `The editor has no model "${this.#name}"`;
    if (models.length === 0) {
      return `${who}, and none at all; install an extension that brings models and sign in to it, or choose another provider.`;
    }
    const names = models.slice(0, mostNamed).map(fullName).join(', ');
    const more = models.length > mostNamed ? ` and ${models.length - mostNamed} more` : '';
    return `${who}; set the model to one that it has: ${names}${more}.`;
  }
}

const justification = 'Trellis plans, writes and judges the change that you asked for.';

/** A system message goes first and as the user's: the API has no role for it. */
function toChatMessage({ role, content }: GenerateRequest['messages'][number]): vscode.LanguageModelChatMessage {
  return role === 'assistant'
    ? vscode.LanguageModelChatMessage.Assistant(content)
    : vscode.LanguageModelChatMessage.User(content);
}

async function countTokens(
  chat: vscode.LanguageModelChat,
  messages: readonly vscode.LanguageModelChatMessage[],
  token: vscode.CancellationToken,
): Promise<number> {
  const counts = await Promise.all(messages.map(message => chat.countTokens(message, token)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The codes are those of `LanguageModelError`; its class is not compared, as errors of providers come over a process border. */
function describe(error: unknown, chat: vscode.LanguageModelChat): unknown {
  if (error instanceof TrellisError || !(error instanceof Error)) return error;
  const { code } = error as { readonly code?: unknown };
  const said = error.message === '' ? '' : ` (${error.message.replace(/\.$/, '')})`;
  if (code === 'NoPermissions') return failure(notAllowed(chat).replace('; ', `${said}; `), error);
  if (code === 'NotFound') {
    return failure(`The editor no longer has the model "${fullName(chat)}"${said}; choose another one.`, error);
  }
  if (code === 'Blocked') {
    const remedy = 'see what its extension says of your plan and your quota, or choose another model';
    return failure(`The editor's model "${fullName(chat)}" refuses the call${said}; ${remedy}.`, error);
  }
  const cause = error.cause instanceof Error ? ` (${error.cause.message.replace(/\.$/, '')})` : said;
  return failure(`The editor's model "${fullName(chat)}" failed${cause}; try again, or choose another model.`, error);
}

function notAllowed(chat: vscode.LanguageModelChat): string {
  return `Trellis may not use the editor's model "${fullName(chat)}"; allow it in the menu Accounts under Manage Language Model Access, and start again.`;
}

function tooLong(chat: vscode.LanguageModelChat, tokens: number): string {
  return `The prompt of ${tokens} tokens does not fit into the ${chat.maxInputTokens} that the editor's model "${fullName(chat)}" takes; choose a model with a longer context, or ask for less at once.`;
}

function fullName({ vendor, family }: vscode.LanguageModelChat): string {
  return `${vendor}/${family}`;
}

function failure(message: string, cause?: Error): ModelError {
  return new ModelError(message, { provider: editorProvider, retryable: false }, cause === undefined ? {} : { cause });
}
