import type { DoorPorts } from '../api/index.ts';
import { readMachineInfo } from '../host/index.ts';
import { commandRunner } from './command-runner.ts';
import { manifestReader } from './manifest-reader.ts';
import type { Node } from './node.ts';
import { nodeHealth } from './node-health.ts';
import { nodeMetrics } from './node-metrics.ts';
import type { DaemonOptions, NodePorts } from './options.ts';
import { podVersions } from './pod-versions.ts';
import { runningContainers } from './running-containers.ts';
import { settingsView } from './settings-view.ts';

/** What the older doors show: the kubelet's own endpoints, podlet's, runs to completion. Nothing of it costs anything before somebody asks. */
export function nodeDoors(
  options: DaemonOptions,
  ports: NodePorts,
  node: Node,
): Omit<DoorPorts, 'attendRun'> {
  const { logDir, maxRuns } = options;
  const { clock } = ports;
  const { reconciler } = node;
  return {
    ...{ logDirectory: logDir, maxRuns },
    ...nodeHealth({ clock, reconciler }, options),
    ...nodeMetrics(options, { ...ports, ...node }),
    machineInfo: () => readMachineInfo({ nowMs: clock.nowMs() }),
    runningContainers: () => runningContainers({ snapshot: reconciler.snapshot, pods: reconciler.pods() }),
    commands: commandRunner(node.cri),
    manifests: manifestReader(clock),
    versions: podVersions(reconciler),
    settings: () => settingsView(options),
  };
}
