import type { JsonObject } from '../../base/index.ts';
import { jsonResponse } from '../message.ts';
import type { DoorPorts, RunningContainer } from '../ports.ts';
import type { Route } from '../route.ts';

/** `/runningpods/`: what runs as the runtime told it last, whatever the manifests say (kubelet: server.go getRunningPods). */
export function runningPodsRoutes({
  runningContainers,
}: Pick<DoorPorts, 'runningContainers'>): readonly Route[] {
  const handle: Route['handle'] = () =>
    jsonResponse(200, {
      kind: 'PodList',
      apiVersion: 'v1',
      metadata: {},
      items: podsOf(runningContainers()),
    });
  return ['/runningpods', '/runningpods/'].map((path) => ({ path, methods: ['GET'], handle }));
}

/** By namespace, name and uid; containers by name. */
function podsOf(running: readonly RunningContainer[]): readonly JsonObject[] {
  const uids = new Set(running.map(({ podUid }) => podUid));
  return [...uids]
    .map((uid) => running.filter(({ podUid }) => podUid === uid))
    .map((containers) => [...containers].sort((a, b) => compare(a.container, b.container)))
    .sort(([a], [b]) => compare(placeOf(a), placeOf(b)))
    .map(podOf);
}

function podOf(containers: readonly RunningContainer[]): JsonObject {
  const [first] = containers;
  return {
    metadata: { name: first?.pod, namespace: first?.namespace, uid: first?.podUid },
    spec: { containers: containers.map(({ container: name, image }) => ({ name, image, resources: {} })) },
    status: {},
  };
}

function placeOf(of: RunningContainer | undefined): string {
  return [of?.namespace, of?.pod, of?.podUid].join('/');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
