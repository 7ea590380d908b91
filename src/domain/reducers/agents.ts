import { type ItemAction, noUsage, type RunState, type Usage } from '../runState.ts';
import type { RunEventOf } from '../schema/events.ts';
import type { ItemId } from '../schema/ids.ts';
import type { TokenUsage } from '../schema/model.ts';
import { addTextFlags } from '../textFlags.ts';
import type { Reducers } from './reducer.ts';

type AgentEventType =
  | 'model.requested'
  | 'model.responded'
  | 'model.failed'
  | 'text.flagged'
  | 'model.read'
  | 'budget.reached'
  | 'budget.decided'
  | 'agent.think'
  | 'agent.act'
  | 'agent.learn'
  | 'edit.begun'
  | 'edit.unusable'
  | 'edit.staged'
  | 'layer.committed';

/** What agents say, do and spend. */
export const agentReducers: Reducers<AgentEventType> = {
  'model.requested': state => state,
  'model.responded': (state, event) => withUsage(state, event, usage => addCall(usage, event)),
  'model.failed': (state, { charge }) =>
    charge === undefined ? state : withUsage(state, charge, usage => addTokens(usage, charge)),
  'text.flagged': (state, { flags }) => ({ ...state, textFlags: addTextFlags(state.textFlags, flags) }),
  'model.read': state => state,
  'budget.reached': (state, { scope, unit, limit, spent, needed }) => ({
    ...state,
    openLimit: { scope, unit, limit, spent, needed },
  }),
  'budget.decided': ({ openLimit: _, ...state }) => state,
  'agent.think': state => state,
  'agent.act': (state, { itemId, action }) => withAction(state, itemId, action),
  'agent.learn': state => state,
  'edit.begun': (state, { itemId, path, number }) => withAction(state, itemId, { kind: 'write', detail: path, number }),
  'edit.unusable': (state, { itemId, reason }) => withAction(state, itemId, { kind: 'invalid', detail: reason }),
  'edit.staged': state => state,
  'layer.committed': (state, { itemId, layer }) => {
    const item = state.items[itemId];
    if (!item) return state;
    const changedPaths = layer.entries.map(entry => entry.path);
    return {
      ...state,
      layers: [...state.layers.filter(other => other.itemId !== itemId), layer],
      items: { ...state.items, [itemId]: { ...item, changedPaths } },
    };
  },
};

function withAction(state: RunState, itemId: ItemId, lastAction: ItemAction): RunState {
  const item = state.items[itemId];
  return item ? { ...state, items: { ...state.items, [itemId]: { ...item, lastAction } } } : state;
}

/** On whose account something was spent. */
interface Account {
  readonly role: string;
  readonly itemId?: ItemId | undefined;
}

function withUsage(state: RunState, { role, itemId }: Account, add: (usage: Usage) => Usage): RunState {
  const item = itemId === undefined ? undefined : state.items[itemId];
  return {
    ...state,
    usage: add(state.usage),
    usageByRole: { ...state.usageByRole, [role]: add(state.usageByRole[role] ?? noUsage) },
    items: item ? { ...state.items, [item.item.id]: { ...item, usage: add(item.usage) } } : state.items,
  };
}

function addCall(usage: Usage, event: RunEventOf<'model.responded'>): Usage {
  const { calls, cachedCalls } = usage;
  return { ...addTokens(usage, event), calls: calls + 1, cachedCalls: cachedCalls + (event.isCached ? 1 : 0) };
}

interface Spent {
  readonly usage: TokenUsage;
  readonly costUsd?: number | undefined;
}

function addTokens(usage: Usage, { usage: tokens, costUsd }: Spent): Usage {
  return {
    ...usage,
    inputTokens: usage.inputTokens + tokens.inputTokens,
    outputTokens: usage.outputTokens + tokens.outputTokens,
    cachedInputTokens: usage.cachedInputTokens + tokens.cachedInputTokens,
    costUsd: usage.costUsd + (costUsd ?? 0),
    unpricedCalls: usage.unpricedCalls + (costUsd === undefined ? 1 : 0),
  };
}
