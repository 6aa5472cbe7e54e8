import { logOptions } from '../log-options.ts';
import { logResponse } from '../log-response.ts';
import { containerOf } from '../pod-container.ts';
import { podAsked } from '../pod-streams.ts';
import type { ApiPorts } from '../ports.ts';
import type { Route } from '../route.ts';

/** `kubectl logs`: the log of one container of a pod, as plain text (core/v1 PodLogOptions). */
export function podLogRoute({ objects, logs, clock }: Pick<ApiPorts, 'objects' | 'logs' | 'clock'>): Route {
  return {
    path: '/api/v1/namespaces/:namespace/pods/:name/log',
    methods: ['GET'],
    async handle(request) {
      const { params, query } = request;
      const options = logOptions(query, params.name ?? '', clock.nowMs());
      const pod = podAsked(request, { objects });
      return logResponse(logs, pod, { ...options, container: containerOf(pod, options.container) });
    },
  };
}
