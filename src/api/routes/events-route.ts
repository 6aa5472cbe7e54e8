import { jsonResponse } from '../message.ts';
import { readPodQuery } from '../pod-query.ts';
import type { EventSource } from '../ports.ts';
import type { Route } from '../route.ts';
import { statusError } from '../status-error.ts';

/** `/events`, of one pod with `?pod=namespace/name`; also of pods that are gone, as long as events are kept. */
export function eventsRoute(source: EventSource): Route {
  return {
    path: '/events',
    methods: ['GET'],
    handle({ query }) {
      const asked = readPodQuery(query);
      if (asked !== undefined && 'problem' in asked) return statusError('BadRequest', asked.problem);
      return jsonResponse(200, { events: source.events(asked ?? {}) });
    },
  };
}
