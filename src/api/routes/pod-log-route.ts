import { logOptions } from '../log-options.ts';
import { loggedInstance } from '../logged-instance.ts';
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
      const { container: named, previous, ...wish } = logOptions(query, params.name ?? '', clock.nowMs());
      const pod = podAsked(request, { objects });
      const containerId = loggedInstance(pod, { container: containerOf(pod, named), previous });
      const tell = await logs.read({ containerId, ...wish });
      return {
        status: 200,
        headers: { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff' },
        body: (sink, signal) => tell((text) => sink.write(text), signal),
      };
    },
  };
}
