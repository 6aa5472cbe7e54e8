import type { Family, Sample } from '../metrics/index.ts';
import type { MachineReading } from './node-usage.ts';
import type { ContainerStats, PodStats } from './pod-stats.ts';

export interface ResourceReadings {
  /** Undefined where the runtime did not tell. */
  readonly pods: readonly PodStats[] | undefined;
  readonly machine: MachineReading | undefined;
}

const CONTAINER = ['container', 'pod', 'namespace'];
const POD = ['pod', 'namespace'];

/** What `/metrics/resource` tells (kubelet: metrics/collectors/resource_metrics.go). Pure. */
export function resourceFamilies({ pods, machine }: ResourceReadings): readonly Family[] {
  const failed = pods === undefined || machine === undefined ? 1 : 0;
  return [
    ...(machine === undefined ? [] : machineFamilies(machine)),
    ...containerFamilies(pods ?? []),
    ...podFamilies(pods ?? []),
    gauge(
      'scrape_error',
      'The same as resource_scrape_error, under its older name.',
      [],
      [{ value: failed }],
    ),
    gauge('resource_scrape_error', '1 if something could not be read, else 0.', [], [{ value: failed }]),
  ];
}

function machineFamilies({ cpuNanoSeconds, memoryBytes }: MachineReading): readonly Family[] {
  return [
    {
      ...{
        name: 'node_cpu_usage_seconds_total',
        type: 'counter',
        samples: [{ value: cpuNanoSeconds / 1e9 }],
      },
      help: 'CPU time that the machine has used since it is up.',
    },
    gauge(
      'node_memory_working_set_bytes',
      'Memory of the machine that cannot be taken back.',
      [],
      [{ value: memoryBytes }],
    ),
  ];
}

function containerFamilies(pods: readonly PodStats[]): readonly Family[] {
  const samples = (read: (container: ContainerStats) => number | undefined): readonly Sample[] =>
    pods.flatMap(({ namespace, name: pod, containers }) =>
      containers.flatMap((each) => {
        const value = read(each);
        return value === undefined ? [] : [{ labels: { container: each.name, pod, namespace }, value }];
      }),
    );
  return [
    {
      ...{ name: 'container_cpu_usage_seconds_total', type: 'counter', labels: CONTAINER },
      help: 'CPU time that the container has used.',
      samples: samples(({ used }) => used.cpuNanoSeconds / 1e9),
    },
    gauge(
      'container_memory_working_set_bytes',
      'Memory of the container that cannot be taken back.',
      CONTAINER,
      samples(({ used }) => used.memoryBytes),
    ),
    gauge(
      'container_swap_usage_bytes',
      'Memory of the container that lies in swap.',
      CONTAINER,
      samples(({ used }) => used.further.swapBytes),
    ),
    gauge(
      'container_start_time_seconds',
      'When the container was made, in seconds since the epoch.',
      CONTAINER,
      samples(({ createdAtMs }) => createdAtMs / 1000),
    ),
  ];
}

function podFamilies(pods: readonly PodStats[]): readonly Family[] {
  const samples = (read: (pod: PodStats) => number): readonly Sample[] =>
    pods.map((pod) => ({ labels: { pod: pod.name, namespace: pod.namespace }, value: read(pod) }));
  return [
    {
      ...{ name: 'pod_cpu_usage_seconds_total', type: 'counter', labels: POD },
      help: 'CPU time that the pod has used.',
      samples: samples(({ used }) => used.cpuNanoSeconds / 1e9),
    },
    gauge(
      'pod_memory_working_set_bytes',
      'Memory of the pod that cannot be taken back.',
      POD,
      samples(({ used }) => used.memoryBytes),
    ),
  ];
}

function gauge(name: string, help: string, labels: readonly string[], samples: readonly Sample[]): Family {
  return { name, help, type: 'gauge', labels, samples };
}
