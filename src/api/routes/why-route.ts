import { jsonResponse } from '../message.ts';
import { readPodQuery } from '../pod-query.ts';
import type { WhySource } from '../ports.ts';
import type { Route } from '../route.ts';
import { statusError } from '../status-error.ts';

/** `/why?pod=namespace/name`: what was seen, decided and done of a pod in its last passes. */
export function whyRoute(source: WhySource): Route {
  return {
    path: '/why',
    methods: ['GET'],
    handle({ query }) {
      const asked = readPodQuery(query);
      if (asked === undefined) return statusError('BadRequest', 'name a pod: /why?pod=namespace/name');
      if ('problem' in asked) return statusError('BadRequest', asked.problem);
      const pods = source.why(asked.namespace, asked.name);
      if (pods.length === 0) return statusError('NotFound', `pods "${asked.name}" not found`);
      return jsonResponse(200, { pods });
    },
  };
}
