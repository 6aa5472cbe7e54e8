import { type PodStatus, type PodStatusInput, podStatus } from '../../../src/status/index.ts';
import { makeContainer, makeInstance, makePod, makeRecord, nowMs, observe } from '../plan/base.ts';

/** A pod with one container that has run for a minute; a test changes one thing of its status' input. */
export const onePod = makePod({ spec: { containers: [makeContainer('app')] } });

export const baseInput: PodStatusInput = {
  pod: onePod,
  observed: observe({ containers: [makeInstance('app', {}, onePod)] }),
  health: new Map(),
  waits: [],
  record: makeRecord({ pod: onePod }),
  hostIPs: ['192.0.2.1'],
  terminating: false,
  nowMs,
};

export function statusOf(changes: Partial<PodStatusInput> = {}): PodStatus {
  return podStatus({ ...baseInput, ...changes });
}

/** The base pod's status, whole. */
export const baseStatus: PodStatus = {
  phase: 'Running',
  conditions: [
    condition('PodReadyToStartContainers'),
    condition('Initialized'),
    condition('Ready'),
    condition('ContainersReady'),
    condition('PodScheduled'),
  ],
  hostIP: '192.0.2.1',
  hostIPs: [{ ip: '192.0.2.1' }],
  podIP: '10.0.0.7',
  podIPs: [{ ip: '10.0.0.7' }],
  startTime: '2026-01-02T11:59:00Z',
  containerStatuses: [
    {
      name: 'app',
      state: { running: { startedAt: '2026-01-02T11:59:00Z' } },
      ready: true,
      started: true,
      restartCount: 0,
      image: 'app:1',
      imageID: 'sha256:image',
      containerID: 'containerd://app-0',
    },
  ],
  qosClass: 'BestEffort',
};

export function condition(
  type: PodStatus['conditions'][number]['type'],
  unless: { readonly reason?: string; readonly message?: string; readonly status?: 'True' | 'False' } = {},
): PodStatus['conditions'][number] {
  const status = unless.reason === undefined ? 'True' : 'False';
  return { type, status, lastProbeTime: null, lastTransitionTime: '2026-01-02T12:00:00Z', ...unless };
}

/** The conditions of the base pod with some of them changed, by type. */
export function conditionsWith(
  changes: Partial<Record<PodStatus['conditions'][number]['type'], Parameters<typeof condition>[1]>>,
): PodStatus['conditions'] {
  return baseStatus.conditions.map(({ type }) => condition(type, changes[type]));
}
