import { ApiFailure } from '../../apimachinery/index.ts';
import { type JsonObject, objectAt } from '../../base/index.ts';
import { timestamp } from '../../status/index.ts';
import { jsonResponse } from '../message.ts';
import type { ApiPorts } from '../ports.ts';
import type { Route } from '../route.ts';
import { METRICS_GROUP, METRICS_VERSION, measured, usageList } from '../usage-json.ts';
import { usageSelector } from '../usage-selector.ts';

type NodeMetricsPorts = Pick<ApiPorts, 'usage' | 'clock' | 'objects' | 'nodeName'>;

/** `kubectl top node`: the only one there is. */
export function nodeMetricsRoutes(ports: NodeMetricsPorts): readonly Route[] {
  const path = `/apis/${METRICS_VERSION}/nodes`;
  return [
    {
      path,
      methods: ['GET'],
      async handle({ query }) {
        const name = ports.nodeName;
        const isSelected = usageSelector(query)({ namespace: '', name, labels: labelsOf(ports) });
        const metrics = isSelected ? await nodeMetrics(ports) : undefined;
        const items = metrics === undefined ? [] : [metrics];
        return jsonResponse(200, {
          kind: 'NodeMetricsList',
          apiVersion: METRICS_VERSION,
          metadata: {},
          items,
        });
      },
    },
    {
      path: `${path}/:name`,
      methods: ['GET'],
      async handle({ params: { name = '' } }) {
        const metrics = name === ports.nodeName ? await nodeMetrics(ports) : undefined;
        if (metrics === undefined) throw notFound(name);
        return jsonResponse(200, metrics);
      },
    },
  ];
}

async function nodeMetrics(ports: NodeMetricsPorts): Promise<JsonObject | undefined> {
  const usage = await ports.usage.node();
  if (usage === undefined) return undefined;
  const creationTimestamp = timestamp(ports.clock.nowMs());
  return {
    kind: 'NodeMetrics',
    apiVersion: METRICS_VERSION,
    metadata: { name: ports.nodeName, creationTimestamp, labels: labelsOf(ports) },
    ...measured(usage),
    usage: usageList(usage),
  };
}

function labelsOf({ objects, nodeName }: NodeMetricsPorts): Readonly<Record<string, string>> {
  const labels = objectAt(objectAt(objects.get('nodes', '', nodeName), 'metadata'), 'labels');
  return Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

function notFound(name: string): ApiFailure {
  const details = { name, group: METRICS_GROUP, kind: 'nodemetrics' };
  return new ApiFailure(
    'NotFound',
    `nodemetrics.${METRICS_GROUP} ${JSON.stringify(name)} not found`,
    details,
  );
}
