import type { SystemInfo } from '../host/index.ts';
import { nodeObject } from './kinds/node-object.ts';
import { lastBeat } from './last-beat.ts';
import type { NodeChanges } from './node-changes.ts';
import type { ObjectSource } from './object-reader.ts';
import type { MachineView } from './ports.ts';

export interface NodeSourceParts {
  readonly name: string;
  readonly uid: string;
  readonly createdAtMs: number;
  readonly startedAtMs: number;
  readonly kubeletVersion: string;
  readonly apiPort?: number;
  readonly nowMs: () => number;
  readonly machine: () => MachineView;
  readonly changes: Pick<NodeChanges, 'current'>;
  /** Read when the node is first shown. */
  readonly readSystem: () => SystemInfo;
}

/** While nothing changes (kubelet: nodeStatusReportFrequency). */
const REPORT_EVERY_MS = 300_000;

/** The one node that there is. */
export function nodeSource(parts: NodeSourceParts): ObjectSource {
  const { name, machine, changes, startedAtMs, nowMs } = parts;
  let system: SystemInfo | undefined;
  return {
    resource: 'nodes',
    *objects() {
      const { surroundings, problem, turnedAtMs } = machine();
      const { node, runtime } = surroundings ?? {};
      const current = changes.current;
      // The facts are read anew with every look, and are the same for days.
      const facts = [node?.hostIPs.join(), node?.cpuMilli, node?.memoryBytes, node?.storageBytes];
      const reportedAtMs = lastBeat(nowMs(), startedAtMs, REPORT_EVERY_MS);
      const basis = [current, problem, turnedAtMs, reportedAtMs, runtime?.name, runtime?.version, ...facts];
      const make = () => {
        system ??= parts.readSystem();
        const known = { facts: node, runtime, problem, turnedAtMs, reportedAtMs, changes: current };
        return nodeObject({ ...parts, ...known, system });
      };
      yield { namespace: '', name, basis, make };
    },
  };
}
