import { textResponse } from '../message.ts';
import type { StatusSource } from '../ports.ts';
import type { Route } from '../route.ts';

/** Ready once a pass has gone over everything and while the runtime answers: from then on the status means something. */
export function readyRoute(source: StatusSource): Route {
  return {
    path: '/readyz',
    methods: ['GET'],
    handle() {
      const { passes, runtime } = source.report();
      if (!runtime.ready)
        return textResponse(503, `not ready: runtime: ${runtime.message ?? 'no reason given'}\n`);
      if (passes === 0) return textResponse(503, 'not ready: the first pass has not ended\n');
      return textResponse(200, 'ok');
    },
  };
}
