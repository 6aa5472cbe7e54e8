import type { Clock, Logger } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import type { NodeMetrics } from '../metrics/index.ts';
import type { Reconciler } from '../reconcile/index.ts';
import type { NodeMeters } from './node-usage.ts';

export interface NodeMetricsPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cri: Pick<Cri, 'imageFsInfo'>;
  readonly reconciler: Pick<Reconciler, 'report' | 'snapshot'>;
  readonly metrics: NodeMetrics;
  readonly meters: NodeMeters;
}

export interface NodeMetricsOptions {
  readonly nodeName: string;
  readonly rootDir: string;
  readonly runtimeRoot?: string;
}
