import type { MetricsSource } from '../api/index.ts';
import type { NodeMetricsOptions, NodeMetricsPorts } from './node-metrics-ports.ts';

/** What Prometheus and the like are told of the node. What tells it is loaded when somebody asks. */
export function nodeMetrics(options: NodeMetricsOptions, ports: NodeMetricsPorts): MetricsSource {
  return {
    async expose(which) {
      const { expose } = await import('./node-exposition.ts');
      return expose(which, options, ports);
    },
    async summary({ cpuAndMemory }) {
      const { summarise } = await import('./node-exposition.ts');
      return summarise(options, ports, cpuAndMemory);
    },
  };
}
