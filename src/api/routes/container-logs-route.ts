import { ApiFailure } from '../../apimachinery/index.ts';
import { containerNamed } from '../kubelet-pod.ts';
import { type LogOptions, logOptions } from '../log-options.ts';
import { logResponse } from '../log-response.ts';
import { plainRefusal } from '../plain-refusal.ts';
import type { ApiPorts } from '../ports.ts';
import type { Route } from '../route.ts';

/** The kubelet's own way to the log of a container, in its words (kubelet: pkg/kubelet/server getContainerLogs). */
export function containerLogsRoute({
  objects,
  logs,
  clock,
}: Pick<ApiPorts, 'objects' | 'logs' | 'clock'>): Route {
  return {
    path: '/containerLogs/:namespace/:name/:container',
    methods: ['GET'],
    refuse: plainRefusal,
    async handle({ params, query }) {
      const { namespace = '', name = '', container = '' } = params;
      const options = optionsIn(query, name, clock.nowMs());
      const pod = objects.get('pods', namespace, name);
      if (pod === undefined) throw new ApiFailure('NotFound', `pod ${JSON.stringify(name)} does not exist`);
      if (containerNamed(pod, container) === undefined)
        throw new ApiFailure(
          'NotFound',
          `container ${JSON.stringify(container)} not found in pod ${JSON.stringify(name)}`,
        );
      return logResponse(logs, pod, { ...options, container });
    },
  };
}

/** What is wrong with a query is told in JSON, and in nothing else of it. */
function optionsIn(query: URLSearchParams, name: string, nowMs: number): LogOptions {
  try {
    return logOptions(withTailLines(query), name, nowMs);
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    const what = error.reason === 'Invalid' ? 'Invalid request' : 'Unable to decode query';
    throw new ApiFailure(error.reason, JSON.stringify({ message: `${what}: ${error.message}` }));
  }
}

/** `tail=10` is an older word for `tailLines=10`, and `tail=all` for none. */
function withTailLines(query: URLSearchParams): URLSearchParams {
  const tail = query.get('tail') ?? '';
  if (tail === '') return query;
  const renamed = new URLSearchParams(query);
  renamed.delete('tailLines');
  if (tail !== 'all') renamed.set('tailLines', tail);
  return renamed;
}
