import type { Reducers } from '../reduceRun.ts';
import { noUsage, type RunState, type Usage } from '../runState.ts';
import type { RunEventOf } from '../schema/events.ts';

type AgentEventType =
  | 'model.requested'
  | 'model.responded'
  | 'model.failed'
  | 'agent.think'
  | 'agent.act'
  | 'agent.learn'
  | 'edit.staged'
  | 'layer.committed';

/** What agents say, do and spend. */
export const agentReducers: Reducers<AgentEventType> = {
  'model.requested': state => state,
  'model.responded': (state, event) => withUsage(state, event),
  'model.failed': state => state,
  'agent.think': state => state,
  'agent.act': (state, { itemId, action }) => {
    const item = state.items[itemId];
    return item ? { ...state, items: { ...state.items, [itemId]: { ...item, lastAction: action } } } : state;
  },
  'agent.learn': state => state,
  'edit.staged': state => state,
  'layer.committed': state => state,
};

function withUsage(state: RunState, event: RunEventOf<'model.responded'>): RunState {
  const item = event.itemId === undefined ? undefined : state.items[event.itemId];
  return {
    ...state,
    usage: addCall(state.usage, event),
    usageByRole: { ...state.usageByRole, [event.role]: addCall(state.usageByRole[event.role] ?? noUsage, event) },
    items: item ? { ...state.items, [item.item.id]: { ...item, usage: addCall(item.usage, event) } } : state.items,
  };
}

function addCall(usage: Usage, { usage: tokens, costUsd, isCached }: RunEventOf<'model.responded'>): Usage {
  return {
    calls: usage.calls + 1,
    cachedCalls: usage.cachedCalls + (isCached ? 1 : 0),
    inputTokens: usage.inputTokens + tokens.inputTokens,
    outputTokens: usage.outputTokens + tokens.outputTokens,
    cachedInputTokens: usage.cachedInputTokens + tokens.cachedInputTokens,
    costUsd: usage.costUsd + (costUsd ?? 0),
    unpricedCalls: usage.unpricedCalls + (costUsd === undefined ? 1 : 0),
  };
}
