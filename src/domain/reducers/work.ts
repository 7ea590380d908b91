import type { ItemState, OrderState, RunState, WorkerState } from '../runState.ts';
import type { ItemId } from '../schema/ids.ts';
import type { Reducers } from './reducer.ts';

type WorkEventType =
  | 'worker.registered'
  | 'worker.changed'
  | 'order.enqueued'
  | 'order.claimed'
  | 'order.waiting'
  | 'order.resumed'
  | 'order.renewed'
  | 'order.completed'
  | 'order.returned'
  | 'order.failed'
  | 'item.blocked'
  | 'item.reused'
  | 'session.started'
  | 'session.ended';

/** The queue, the workers and their sessions, and what they mean for the items. */
export const workReducers: Reducers<WorkEventType> = {
  'worker.registered': (state, event) => withWorker(state, event.workerId, { status: 'idle', lastChangedAt: event.at }),
  'worker.changed': (state, event) =>
    withWorker(state, event.workerId, { status: event.status, lastChangedAt: event.at }),
  'order.enqueued': (state, { order }) => ({
    ...state,
    orders: { ...state.orders, [order.id]: { ...order, status: 'queued' } },
    items: withItem(state, order.itemId, item => ({ ...item, status: 'queued' })),
  }),
  'order.claimed': (state, { orderId, workerId, sessionId, leaseExpiresAt, at }) =>
    changeOrder(state, orderId, { status: 'claimed', workerId, sessionId, leaseExpiresAt }, order => ({
      ...withWorker(state, workerId, { status: 'busy', itemId: order.itemId, lastChangedAt: at }),
      items: withItem(state, order.itemId, item => ({
        ...item,
        status: 'running',
        attempts: item.attempts + 1,
        workerId,
        startedAt: at,
      })),
    })),
  'order.waiting': (state, { orderId, at }) =>
    changeOrder(state, orderId, { status: 'waiting' }, order => ({
      ...freeWorker(state, order, at),
      items: withItem(state, order.itemId, item => ({ ...stopClock(item, at), status: 'waiting' })),
    })),
  'order.resumed': (state, { orderId, workerId, leaseExpiresAt, at }) =>
    changeOrder(state, orderId, { status: 'claimed', workerId, leaseExpiresAt }, order => ({
      ...withWorker(state, workerId, { status: 'busy', itemId: order.itemId, lastChangedAt: at }),
      items: withItem(state, order.itemId, item => ({ ...item, status: 'running', workerId, startedAt: at })),
    })),
  'order.renewed': (state, { orderId, leaseExpiresAt }) => changeOrder(state, orderId, { leaseExpiresAt }, () => state),
  'order.completed': (state, event) => endOrder(state, event, 'completed', 'done', event.summary),
  'order.returned': (state, { orderId, reason, notBefore, at }) => {
    const order = state.orders[orderId];
    if (!order) return state;
    const returned = { ...withoutClaim(order), ...(notBefore === undefined ? {} : { notBefore }) };
    return {
      ...freeWorker(state, order, at),
      orders: { ...state.orders, [orderId]: returned },
      items: withItem(state, order.itemId, item => ({ ...stopClock(item, at), status: 'queued', note: reason })),
    };
  },
  'order.failed': (state, event) => {
    const itemId = state.orders[event.orderId]?.itemId;
    const layers = state.layers.filter(layer => layer.itemId !== itemId);
    return endOrder({ ...state, layers }, event, 'failed', 'failed', event.reason);
  },
  'item.blocked': (state, event) => ({
    ...state,
    items: withItem(state, event.itemId, item => ({ ...item, status: 'blocked', note: event.reason })),
  }),
  'item.reused': (state, { itemId, sourceRunId }) => ({
    ...state,
    items: withItem(state, itemId, item => ({ ...item, reusedFrom: sourceRunId })),
  }),
  'session.started': (state, { sessionId, workerId, itemId, at }) => ({
    ...state,
    sessions: { ...state.sessions, [sessionId]: { id: sessionId, workerId, itemId, startedAt: at } },
  }),
  'session.ended': (state, { sessionId, at }) => {
    const session = state.sessions[sessionId];
    return session ? { ...state, sessions: { ...state.sessions, [sessionId]: { ...session, endedAt: at } } } : state;
  },
};

function withWorker(state: RunState, id: string, worker: Omit<WorkerState, 'id'>): RunState {
  return { ...state, workers: { ...state.workers, [id]: { id, ...worker } } };
}

/** The worker of `order` has nothing to do from now on, unless it left the order for another one meanwhile. */
function freeWorker(state: RunState, order: OrderState, at: number): RunState {
  const worker = order.workerId === undefined ? undefined : state.workers[order.workerId];
  if (worker?.itemId !== order.itemId) return state;
  return withWorker(state, worker.id, { status: 'idle', lastChangedAt: at });
}

/** The order as it is queued again: in nobody's hands, with one more retry behind it. */
function withoutClaim({ id, itemId, iteration, priority, enqueuedAt, retryCount }: OrderState): OrderState {
  return { id, itemId, iteration, priority, enqueuedAt, retryCount: retryCount + 1, status: 'queued' };
}

function withItem(state: RunState, id: ItemId, change: (item: ItemState) => ItemState): RunState['items'] {
  const item = state.items[id];
  return item ? { ...state.items, [id]: change(item) } : state.items;
}

/** Adds the stretch since `startedAt` to the item's duration and takes its worker away. */
function stopClock({ startedAt, workerId: _, ...item }: ItemState, at: number): ItemState {
  return startedAt === undefined ? item : { ...item, durationMs: item.durationMs + (at - startedAt) };
}

function changeOrder(
  state: RunState,
  orderId: string,
  change: Partial<OrderState>,
  rest: (order: OrderState) => RunState,
): RunState {
  const order = state.orders[orderId];
  if (!order) return state;
  return { ...rest(order), orders: { ...state.orders, [orderId]: { ...order, ...change } } };
}

function endOrder(
  state: RunState,
  event: { readonly orderId: string; readonly at: number },
  status: 'completed' | 'failed',
  itemStatus: 'done' | 'failed',
  note: string,
): RunState {
  return changeOrder(state, event.orderId, { status }, order => ({
    ...freeWorker(state, order, event.at),
    items: withItem(state, order.itemId, item => ({ ...stopClock(item, event.at), status: itemStatus, note })),
  }));
}
