import { ApiFailure } from '../../apimachinery/index.ts';
import type { JsonObject } from '../../base/index.ts';
import { timestamp } from '../../status/index.ts';
import { type ApiResponse, jsonResponse } from '../message.ts';
import type { ApiPorts, PodUsage } from '../ports.ts';
import type { Route } from '../route.ts';
import { METRICS_GROUP, METRICS_VERSION, measured, usageList } from '../usage-json.ts';
import { usageSelector } from '../usage-selector.ts';

/** `kubectl top pod`. */
export function podMetricsRoutes(ports: Pick<ApiPorts, 'usage' | 'clock'>): readonly Route[] {
  const { usage, clock } = ports;
  const list = async (query: URLSearchParams, namespace?: string): Promise<ApiResponse> => {
    const isSelected = usageSelector(query);
    const pods = (await usage.pods()).filter(
      (pod) => (namespace === undefined || pod.namespace === namespace) && isSelected(pod),
    );
    const items = pods.sort(byName).map((pod) => podMetrics(pod, clock.nowMs()));
    return jsonResponse(200, { kind: 'PodMetricsList', apiVersion: METRICS_VERSION, metadata: {}, items });
  };
  return [
    {
      path: `/apis/${METRICS_VERSION}/pods`,
      methods: ['GET'],
      handle: ({ query }) => list(query),
    },
    {
      path: `/apis/${METRICS_VERSION}/namespaces/:namespace/pods`,
      methods: ['GET'],
      handle: ({ query, params }) => list(query, params.namespace),
    },
    {
      path: `/apis/${METRICS_VERSION}/namespaces/:namespace/pods/:name`,
      methods: ['GET'],
      async handle({ params: { namespace = '', name = '' } }) {
        const pods = await usage.pods();
        const pod = pods.find((each) => each.namespace === namespace && each.name === name);
        if (pod === undefined) throw notFound(`${namespace}/${name}`);
        return jsonResponse(200, podMetrics(pod, clock.nowMs()));
      },
    },
  ];
}

/** Of a pod at least one container of which was measured. */
function podMetrics({ namespace, name, labels, containers }: PodUsage, nowMs: number): JsonObject {
  const [first] = containers.toSorted((a, b) => a.atMs - b.atMs);
  return {
    kind: 'PodMetrics',
    apiVersion: METRICS_VERSION,
    metadata: { name, namespace, creationTimestamp: timestamp(nowMs), labels },
    ...(first && measured(first)),
    containers: containers.map((container) => ({ name: container.name, usage: usageList(container) })),
  };
}

function byName(a: PodUsage, b: PodUsage): number {
  return a.namespace === b.namespace ? (a.name < b.name ? -1 : 1) : a.namespace < b.namespace ? -1 : 1;
}

function notFound(name: string): ApiFailure {
  const details = { name, group: METRICS_GROUP, kind: 'podmetrics' };
  return new ApiFailure('NotFound', `podmetrics.${METRICS_GROUP} ${JSON.stringify(name)} not found`, details);
}
