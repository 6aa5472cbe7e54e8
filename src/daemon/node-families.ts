import type { Family, Sample } from '../metrics/index.ts';
import type { Snapshot } from '../reconcile/index.ts';
import type { NodeReport, PodReport } from '../status/index.ts';

export interface NodeState {
  readonly report: NodeReport;
  readonly snapshot: Pick<Snapshot, 'own' | 'pods'>;
  /** Whether a file is none of the API's: such pods are static, as the kubelet calls them. */
  readonly isStatic: (file: string) => boolean;
}

const PHASES: readonly PodReport['phase'][] = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'];
const CONTAINER_STATES = ['created', 'running', 'exited', 'unknown'] as const;

/** How the node is at this moment: under the kubelet's names what the kubelet tells, under ours what only this node has. Pure. */
export function nodeFamilies(state: NodeState): readonly Family[] {
  return [...kubeletFamilies(state), ...podFamilies(state.report.pods), ...ownFamilies(state.report)];
}

function kubeletFamilies({ report, snapshot, isStatic }: NodeState): readonly Family[] {
  const { pods, nodeName } = report;
  const ready = new Set(snapshot.own.filter(({ state }) => state === 'ready').map(({ uid }) => uid));
  const containers = [...snapshot.pods.values()].flatMap((part) => part.containers);
  const byOrigin = (counted: readonly PodReport[]): readonly Sample[] =>
    [true, false].map((origin) => ({
      labels: { static: origin ? 'true' : '' },
      value: counted.filter(({ file }) => isStatic(file) === origin).length,
    }));
  const isActive = ({ phase }: PodReport): boolean => phase !== 'Succeeded' && phase !== 'Failed';
  return [
    gauge('kubelet_node_name', 'The name of the node; always 1.', [{ labels: { node: nodeName }, value: 1 }]),
    gauge('kubelet_running_pods', 'Pods that have a sandbox that is ready.', [{ value: ready.size }]),
    gauge(
      'kubelet_running_containers',
      'Containers that the runtime has, by state.',
      CONTAINER_STATES.map((state) => ({
        labels: { container_state: state },
        value: containers.filter((container) => container.state === state).length,
      })),
    ),
    gauge(
      'kubelet_desired_pods',
      'Pods that are to run; static ones come from the files of users, others through the API.',
      byOrigin(pods.filter(({ terminating }) => !terminating)),
    ),
    gauge(
      'kubelet_active_pods',
      'Pods that have not come to their end; static ones come from the files of users, others through the API.',
      byOrigin(pods.filter(isActive)),
    ),
  ];
}

function podFamilies(pods: readonly PodReport[]): readonly Family[] {
  const containers = pods.flatMap(({ namespace, name: pod, containers, initContainers = [] }) =>
    [...initContainers, ...containers].map((status) => ({ namespace, pod, status })),
  );
  const waiting = new Map<string, number>();
  for (const { status } of containers) {
    if (!('waiting' in status.state)) continue;
    const { reason = '' } = status.state.waiting;
    waiting.set(reason, (waiting.get(reason) ?? 0) + 1);
  }
  return [
    gauge(
      'tinylet_pods',
      'Pods, by phase.',
      PHASES.map((phase) => ({ labels: { phase }, value: pods.filter((pod) => pod.phase === phase).length })),
    ),
    gauge(
      'tinylet_containers_waiting',
      'Containers that wait, by the reason that their status shows.',
      [...waiting].map(([reason, value]) => ({ labels: { reason }, value })),
      ['reason'],
    ),
    {
      ...{ name: 'tinylet_container_restarts_total', type: 'counter' },
      help: 'How often the container was started again.',
      labels: ['namespace', 'pod', 'container'],
      samples: containers.map(({ namespace, pod, status: { name: container, restartCount } }) => ({
        labels: { namespace, pod, container },
        value: restartCount,
      })),
    },
  ];
}

function ownFamilies({ version, passes, refused, directories, runtime }: NodeReport): readonly Family[] {
  const unreadable = directories.filter(({ problem }) => problem !== undefined);
  return [
    gauge('tinylet_build_info', 'What runs here; always 1.', [
      { labels: { version, node_version: process.version }, value: 1 },
    ]),
    {
      ...{ name: 'tinylet_passes_total', type: 'counter', samples: [{ value: passes }] },
      help: 'Looks at the whole node since the daemon began.',
    },
    gauge('tinylet_refused_manifests', 'Files that are not in force, for what is wrong in them.', [
      { value: refused.length },
    ]),
    gauge('tinylet_unreadable_manifest_directories', 'Directories of manifests that cannot be read.', [
      { value: unreadable.length },
    ]),
    gauge('tinylet_runtime_ready', '1 if the container runtime answered when it was last asked, else 0.', [
      { value: runtime.ready ? 1 : 0 },
    ]),
  ];
}

/** The labels are those of the first sample, where there is always one. */
function gauge(
  name: string,
  help: string,
  samples: readonly Sample[],
  labels: readonly string[] = Object.keys(samples[0]?.labels ?? {}),
): Family {
  return { name, help, type: 'gauge', labels, samples };
}
