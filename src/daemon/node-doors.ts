import type { DoorPorts } from '../api/index.ts';
import type { Node } from './node.ts';
import type { DaemonOptions, NodePorts } from './options.ts';

/** What the older doors show: the kubelet's own endpoints, podlet's, runs to completion. Nothing of it costs anything before somebody asks. */
export function nodeDoors(
  { logDir, maxRuns }: DaemonOptions,
  _ports: NodePorts,
  { reconciler }: Node,
): Omit<DoorPorts, 'attendRun'> {
  const notYet = (): never => {
    throw new Error('not served yet');
  };
  return {
    ...{ logDirectory: logDir, maxRuns },
    healthChecks: () => [],
    expose: notYet,
    summary: notYet,
    machineInfo: notYet,
    runningContainers: () =>
      reconciler.inventory().containers.map(({ uid, namespace, pod, container }) => ({
        ...{ podUid: uid, namespace, pod, container, image: '' },
      })),
    commands: { run: notYet },
    manifests: { objectsOf: notYet },
    settings: () => ({}),
  };
}
