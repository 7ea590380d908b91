import { z } from 'zod';
import type { AgentPlugin, Middleware, ModelProvider, Registration, TrellisApi } from '../../api/trellis.d.ts';
import { Emitter } from '../base/emitter.ts';
import { ConfigurationError } from '../base/errors.ts';
import { anyFunction, objectWith } from '../base/objectShape.ts';
import { providerNameSchema } from '../domain/schema/model.ts';
import { agentModeSchema } from '../domain/schema/plan.ts';

const pluginNameSchema = z.string('must be a text').trim().min(1, 'must not be empty').max(100);

const providerSchema = objectWith<ModelProvider>({ name: providerNameSchema, createModel: anyFunction });

const hookNames = ['onRunStart', 'onRunEnd', 'onItemError', 'beforeModelCall', 'afterModelCall'] as const;

const middlewareSchema = objectWith<Middleware>({
  name: pluginNameSchema,
  onRunStart: anyFunction.optional(),
  onRunEnd: anyFunction.optional(),
  onItemError: anyFunction.optional(),
  beforeModelCall: anyFunction.optional(),
  afterModelCall: anyFunction.optional(),
}).refine(middleware => hookNames.some(name => middleware[name] !== undefined), `lacks one of ${hookNames.join(', ')}`);

const agentSchema = objectWith<AgentPlugin>({
  name: pluginNameSchema,
  mode: agentModeSchema,
  accepts: anyFunction.optional(),
  run: anyFunction,
});

/** What other extensions brought, each kind in the order of its registration. */
export interface PluginSet {
  readonly providers?: readonly ModelProvider[];
  readonly middleware?: readonly Middleware[];
  readonly agents?: readonly AgentPlugin[];
}

/** What other extensions registered. Who makes it hands it to every core that is to have it. */
export class Plugins implements TrellisApi, PluginSet {
  readonly #providers: PluginList<ModelProvider>;
  readonly #middleware: PluginList<Middleware>;
  readonly #agents: PluginList<AgentPlugin>;
  readonly #onDidChange: Emitter<void>;

  /** `reservedProviders`: names that nobody may register. */
  constructor(reservedProviders: readonly string[], onListenerError: (error: unknown) => void) {
    this.#onDidChange = new Emitter(onListenerError);
    const onDidChange = () => this.#onDidChange.fire();
    this.#providers = new PluginList('model provider', providerSchema, onDidChange, reservedProviders);
    this.#middleware = new PluginList('middleware', middlewareSchema, onDidChange);
    this.#agents = new PluginList('agent', agentSchema, onDidChange);
  }

  /** Something was registered, or is no longer. */
  get onDidChange() {
    return this.#onDidChange.event;
  }

  get providers(): readonly ModelProvider[] {
    return this.#providers.all;
  }

  get middleware(): readonly Middleware[] {
    return this.#middleware.all;
  }

  get agents(): readonly AgentPlugin[] {
    return this.#agents.all;
  }

  /** @throws ConfigurationError that says what is wrong, like the others. */
  registerProvider(provider: ModelProvider): Registration {
    return this.#providers.register(provider);
  }

  registerMiddleware(middleware: Middleware): Registration {
    return this.#middleware.register(middleware);
  }

  registerAgent(agent: AgentPlugin): Registration {
    return this.#agents.register(agent);
  }
}

/** One that changes its name, or keeps it to itself, is no longer the one that was registered. */
function isCalled(plugin: { readonly name: string }, name: string): boolean {
  try {
    return plugin.name === name;
  } catch {
    return false;
  }
}

/** Plugins of one kind, each with a name of its own. */
class PluginList<T extends { readonly name: string }> {
  readonly #kind: 'model provider' | 'middleware' | 'agent';
  readonly #schema: z.ZodType<T>;
  readonly #reserved: readonly string[];
  readonly #onDidChange: () => void;
  readonly #plugins = new Map<string, T>();

  constructor(
    kind: 'model provider' | 'middleware' | 'agent',
    schema: z.ZodType<T>,
    onDidChange: () => void,
    reserved: readonly string[] = [],
  ) {
    this.#kind = kind;
    this.#schema = schema;
    this.#reserved = reserved;
    this.#onDidChange = onDidChange;
  }

  get all(): readonly T[] {
    return [...this.#plugins].flatMap(([name, plugin]) => (isCalled(plugin, name) ? [plugin] : []));
  }

  register(candidate: unknown): Registration {
    const parsed = this.#schema.safeParse(candidate);
    if (!parsed.success) throw new ConfigurationError(this.#whatIsWrong(candidate, parsed.error));
    const plugin = parsed.data;
    const { name } = plugin;
    if (this.#plugins.has(name) || this.#reserved.includes(name)) {
      throw new ConfigurationError(
        `The name of the ${this.#kind} is taken: there is already one called "${name}"; choose another name.`,
      );
    }
    this.#plugins.set(name, plugin);
    this.#onDidChange();
    return {
      dispose: () => {
        if (this.#plugins.get(name) !== plugin) return;
        this.#plugins.delete(name);
        this.#onDidChange();
      },
    };
  }

  #whatIsWrong(candidate: unknown, error: z.ZodError): string {
    const named = z.object({ name: z.string().min(1) }).safeParse(candidate).data;
    const what = named === undefined ? `The ${this.#kind}` : `The ${this.#kind} "${named.name}"`;
    const problems = error.issues.map(({ path, message }) => [...path.map(String), message].join(': '));
    return `${what} cannot be registered (${problems.join('; ')}); see docs/extending.md.`;
  }
}
