import { textResponse } from '../message.ts';
import type { MetricsSource } from '../ports.ts';
import type { Route } from '../route.ts';

/** What Prometheus reads, under the kubelet's paths. */
export function metricsRoutes(ports: Pick<MetricsSource, 'expose'>): readonly Route[] {
  const route = (path: string, which: Parameters<MetricsSource['expose']>[0]): Route => ({
    path,
    methods: ['GET'],
    async handle() {
      const { contentType, text } = await ports.expose(which);
      return { status: 200, headers: { 'content-type': contentType }, body: text };
    },
  });
  return [
    route('/metrics', 'node'),
    route('/metrics/resource', 'resource'),
    route('/metrics/probes', 'probes'),
    {
      path: '/metrics/cadvisor',
      methods: ['GET'],
      handle: () =>
        textResponse(404, 'there is no cadvisor in here: see /metrics/resource and /stats/summary\n'),
    },
  ];
}
