import { asPodUid } from '../../../src/pod/index.ts';
import type {
  ContainerStatus,
  EventReport,
  NodeReport,
  PassReport,
  PodReport,
  PodWhy,
} from '../../../src/status/index.ts';

/** Base values for tests: change one field and look at what changes. The clock of these tests says 12:00:00. */

export function node(changed: Partial<NodeReport> = {}): NodeReport {
  return {
    nodeName: 'edge-1',
    version: '1.2.3',
    startedAt: '2026-03-01T10:00:00Z',
    passes: 12,
    runtime: { ready: true, name: 'containerd', version: '1.6.20' },
    directories: [{ directory: '/etc/tinylet/manifests' }],
    pods: [],
    refused: [],
    foreign: [],
    warnings: [],
    ...changed,
  };
}

export function pod(name: string, changed: Partial<PodReport> = {}): PodReport {
  return {
    namespace: 'default',
    name,
    uid: asPodUid(`uid-of-${name}`),
    file: `/etc/tinylet/manifests/${name}.yaml`,
    phase: 'Running',
    conditions: [],
    words: { ready: '1/1', status: 'Running', restarts: 0 },
    terminating: false,
    stale: false,
    podIPs: ['10.88.0.7'],
    hostNetwork: false,
    startTime: '2026-03-01T11:55:00Z',
    containers: [container('app')],
    waiting: [],
    ...changed,
  };
}

export function container(name: string, changed: Partial<ContainerStatus> = {}): ContainerStatus {
  return {
    name,
    image: 'example.org/app:1',
    ready: true,
    started: true,
    restartCount: 0,
    imageID: 'sha256:4567',
    containerID: 'containerd://0123',
    state: { running: { startedAt: '2026-03-01T11:55:01Z' } },
    ...changed,
  };
}

export function waiting(name: string, reason: string): ContainerStatus {
  return container(name, { ready: false, state: { waiting: { reason } } });
}

export function terminated(name: string, exitCode: number, reason: string): ContainerStatus {
  return container(name, { ready: false, state: ended(exitCode, reason) });
}

export function ended(exitCode: number, reason: string): ContainerStatus['state'] {
  const startedAt = '2026-03-01T11:57:00Z';
  return { terminated: { exitCode, reason, startedAt, finishedAt: '2026-03-01T11:58:00Z' } };
}

export function event(changed: Partial<EventReport> = {}): EventReport {
  return {
    uid: asPodUid('uid-of-web'),
    namespace: 'default',
    name: 'web',
    fieldPath: 'spec.containers{app}',
    type: 'Normal',
    reason: 'Started',
    message: 'Container started',
    count: 1,
    firstTimestamp: '2026-03-01T11:55:00Z',
    lastTimestamp: '2026-03-01T11:55:00Z',
    ...changed,
  };
}

export function why(name: string, ...passes: readonly Partial<PassReport>[]): PodWhy {
  return {
    namespace: 'default',
    name,
    uid: asPodUid(`uid-of-${name}`),
    status: 'Running',
    passes: passes.map(pass),
  };
}

function pass(changed: Partial<PassReport>): PassReport {
  return {
    triggers: ['interval'],
    at: '2026-03-01T11:59:50.000Z',
    count: 1,
    lastAt: '2026-03-01T11:59:50.000Z',
    snapshot: 7,
    observed: ['sandbox #0 ready', 'app #0 running'],
    actions: [],
    waiting: [],
    ...changed,
  };
}
