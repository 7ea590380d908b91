import { z } from 'zod';
import type { CommandResult, AgentServices as PluginApi } from '../../api/trellis.d.ts';
import { ExecutionError, errorMessage, ValidationError } from '../base/errors.ts';
import type { FileEdit } from '../domain/schema/changes.ts';
import type { AgentActionSummary } from '../domain/schema/events.ts';
import { modelMessageSchema } from '../domain/schema/model.ts';
import type { AgentBrief, AgentServices, CommandObservation } from './agent.ts';
import { agentRoles } from './roles.ts';
import { oneLine } from './textBudget.ts';

const argumentSchemas = {
  messages: z.array(modelMessageSchema).min(1),
  path: z.string(),
  text: z.string(),
  command: z.string().min(1),
  question: z.string().trim().min(1),
  choices: z.array(z.string().min(1)),
};

export interface PluginServicesOptions {
  /** The beginning of a sentence. */
  readonly agent: string;
  readonly brief: AgentBrief;
  readonly services: AgentServices;
  readonly signal: AbortSignal;
}

/** What the agent of a plugin may do: the services of every agent, with each step in the journal, until it has ended. */
export class PluginServices {
  readonly #options: PluginServicesOptions;
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  #underWay = 0;
  #wasUsed = false;

  constructor(options: PluginServicesOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#ending.signal]);
  }

  readonly api: PluginApi = {
    askModel: messages => this.#serve(() => this.#askModel(messages)),
    readFile: path =>
      this.#step({ kind: 'read', detail: path }, () => this.#options.services.files.readText(read('path', path))),
    writeFile: (path, text) =>
      this.#step({ kind: 'edit', detail: path }, () =>
        this.#edit({ type: 'writeFile', path: read('path', path), content: read('text', text), mustBeNew: false }),
      ),
    deleteFile: path =>
      this.#step({ kind: 'edit', detail: path }, () => this.#edit({ type: 'delete', path: read('path', path) })),
    listFolder: path => this.#step({ kind: 'list', detail: path }, () => this.#list(path)),
    runCommand: command =>
      this.#run(command, services => services.runCommand(read('command', command), { signal: this.#signal })),
    runTests: () => this.#run('the tests', services => services.runTests({ signal: this.#signal })),
    askHuman: (question, choices = []) =>
      this.#step({ kind: 'ask', detail: question }, () =>
        this.#options.services.ask(
          { text: read('question', question), options: read('choices', choices) },
          { signal: this.#signal },
        ),
      ),
  };

  /** Whether a service was at work since this was asked last. */
  takeWasUsed(): boolean {
    const wasUsed = this.#wasUsed || this.#underWay > 0;
    this.#wasUsed = false;
    return wasUsed;
  }

  /** Ends what is under way; every call from now on fails. */
  close(): void {
    this.#ending.abort(new ExecutionError(`${this.#options.agent} has ended, and cannot do anything more.`));
  }

  async #askModel(messages: Parameters<PluginApi['askModel']>[0]): Promise<string> {
    const { brief, services } = this.#options;
    const { item } = brief;
    const call = {
      role: item.mode,
      messages: read('messages', messages),
      itemId: item.id,
      sessionId: services.sessionId,
    };
    return (await services.model.call(call, { signal: this.#signal })).text;
  }

  async #edit(edit: FileEdit): Promise<void> {
    const { brief, services } = this.#options;
    const { mode } = brief.item;
    if (!agentRoles[mode].writes) throw new ValidationError(`An agent of the mode ${mode} may not change files.`);
    const result = await services.files.apply([edit]);
    if (!result.ok) {
      throw new ValidationError(
        `${edit.path} was not changed: ${result.problems.map(({ reason }) => reason).join(' ')}`,
      );
    }
  }

  async #list(path: string): Promise<readonly string[] | undefined> {
    const entries = await this.#options.services.files.list(read('path', path));
    return entries?.map(({ name, kind }) => (kind === 'directory' ? `${name}/` : name));
  }

  #run(command: string, run: (services: AgentServices) => Promise<CommandObservation>): Promise<CommandResult> {
    return this.#step({ kind: 'run', detail: command }, async () => {
      const { outcome, text } = await run(this.#options.services);
      return { outcome, text };
    });
  }

  /** A service whose use goes to the journal, before and after. */
  #step<T>(
    action: { readonly kind: AgentActionSummary['kind']; readonly detail: unknown },
    work: () => Promise<T>,
  ): Promise<T> {
    const { recorder } = this.#options.services;
    return this.#serve(async () => {
      const actionId = recorder.acting({ ...action, detail: oneLine(String(action.detail), 500) || '.' });
      try {
        const result = await work();
        recorder.learned(actionId, { succeeded: true, summary: 'ok' });
        return result;
      } catch (error) {
        if (!this.#signal.aborted) {
          recorder.learned(actionId, { succeeded: false, summary: oneLine(errorMessage(error), 500) });
        }
        throw error;
      }
    });
  }

  #serve<T>(work: () => Promise<T>): Promise<T> {
    const serve = async () => {
      this.#signal.throwIfAborted();
      this.#underWay += 1;
      this.#wasUsed = true;
      try {
        return await work();
      } finally {
        this.#underWay -= 1;
      }
    };
    const served = serve();
    // An agent that does not look at what came of its call must not end the process with an unhandled rejection.
    served.catch(() => undefined);
    return served;
  }
}

function read<K extends keyof typeof argumentSchemas>(name: K, value: unknown): z.infer<(typeof argumentSchemas)[K]> {
  const parsed = argumentSchemas[name].safeParse(value);
  if (parsed.success) return parsed.data as z.infer<(typeof argumentSchemas)[K]>;
  throw new ValidationError(`The ${name} must be of another form: ${parsed.error.issues[0]?.message ?? ''}.`);
}
