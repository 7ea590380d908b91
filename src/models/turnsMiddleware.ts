import type { LoopTurns } from '../base/loopTurns.ts';
import type { ModelMiddleware } from './middleware.ts';

/** Has what lies behind it begin, and what lies before it go on, when the event loop has time: calls come in crowds. */
export function turnsMiddleware(turns: LoopTurns): ModelMiddleware {
  return {
    name: 'turns',
    handle: async (request, next) => {
      await turns.turn();
      const reply = await next(request);
      await turns.turn();
      return reply;
    },
  };
}
