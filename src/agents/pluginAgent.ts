import { z } from 'zod';
import type { AgentPlugin, Item } from '../../api/trellis.d.ts';
import { AbortError, ExecutionError, ModelError, StorageError } from '../base/errors.ts';
import { callPlugin, PluginFailure } from '../base/pluginCall.ts';
import type { WorkItem } from '../domain/schema/plan.ts';
import type { Agent, AgentBrief, AgentOutcome } from './agent.ts';
import { PluginServices } from './pluginServices.ts';

const outcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), summary: z.string() }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]) satisfies z.ZodType<AgentOutcome>;

/** How long an agent may do nothing that we see: its work is to call the services, which have limits of their own. */
const idleLimitMs = 120_000;

export interface PluginAgentOptions {
  /** Two minutes by default. */
  readonly idleLimitMs?: number;
}

/** An agent that a plugin brings. It sees and does only what the services let it, and only until it has ended. */
export function createPluginAgent(plugin: AgentPlugin, options: PluginAgentOptions = {}): Agent {
  const name = `The agent "${plugin.name}"`;
  return {
    mode: plugin.mode,
    run: async (brief, services, { signal }) => {
      const given = new PluginServices({ agent: name, brief, services, signal });
      const limits = {
        plugin: name,
        step: 'run',
        limitMs: options.idleLimitMs ?? idleLimitMs,
        isExcused: () => given.takeWasUsed(),
        signal,
      };
      try {
        return await callPlugin(limits, outcomeSchema, callSignal =>
          plugin.run(describeBrief(brief), given.api, { signal: callSignal }),
        );
      } catch (error) {
        throw asRunError(error);
      } finally {
        given.close();
      }
    },
  };
}

/** The first of `plugins` that takes the item. One that fails to say so does not get it, and `onFailure` is told. */
export async function findPluginAgent(
  plugins: readonly AgentPlugin[],
  item: WorkItem,
  { signal, onFailure }: { readonly signal: AbortSignal; readonly onFailure: (error: unknown) => void },
): Promise<AgentPlugin | undefined> {
  for (const plugin of plugins.filter(({ mode }) => mode === item.mode)) {
    if (plugin.accepts === undefined) return plugin;
    const limits = { plugin: `The agent "${plugin.name}"`, step: 'accepts', limitMs: idleLimitMs, signal };
    try {
      if (await callPlugin(limits, z.boolean(), () => plugin.accepts?.(describeItem(item)))) return plugin;
    } catch (error) {
      if (!(error instanceof PluginFailure)) throw error;
      onFailure(error);
    }
  }
  return undefined;
}

/** What ends a whole run ends it also when an agent lets it through; anything else is a failure of the item. */
function asRunError(error: unknown): unknown {
  if (!(error instanceof PluginFailure)) return error;
  const { cause } = error;
  if (cause instanceof ModelError || cause instanceof StorageError || cause instanceof AbortError) return cause;
  return new ExecutionError(error.message, { cause: error });
}

function describeBrief({ item, request, dependencyReports, feedback }: AgentBrief) {
  return structuredClone({ item: describeItem(item), request, dependencyReports, feedback });
}

function describeItem(item: WorkItem): Item {
  const { id, filePath, description, mode, language, fileStatus, context, acceptance } = item;
  return {
    id,
    filePath,
    description,
    mode,
    language,
    fileStatus,
    ...(context !== undefined && { context }),
    ...(acceptance !== undefined && { acceptance: [...acceptance] }),
  };
}
