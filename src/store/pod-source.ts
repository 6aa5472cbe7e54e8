import { nothingObserved, type Pod } from '../pod/index.ts';
import { type PodStatus, podStatus } from '../status/index.ts';
import type { AddedContainers } from './added-containers.ts';
import { podObject } from './kinds/pod-object.ts';
import type { ObjectFiles } from './object-files.ts';
import type { ObjectSource, SourceObject } from './object-reader.ts';
import type { NodeState, PodView } from './ports.ts';
import { objectKey } from './resource-kinds.ts';
import type { WrittenObjects } from './written-objects.ts';

export interface PodSourceParts {
  readonly state: Pick<NodeState, 'pods'>;
  readonly written: WrittenObjects;
  readonly added: Pick<AddedContainers, 'shown'>;
  readonly files: Pick<ObjectFiles, 'isOwn'>;
  readonly nodeName: string;
  readonly nowMs: () => number;
}

/** The pods of the node: those that are wanted and those that are still there, and what was written of them a moment ago. */
export function podSource(parts: PodSourceParts): ObjectSource {
  return {
    resource: 'pods',
    *objects() {
      const views = oneOfEachName(parts.state.pods());
      const written = parts.written.ofKind('Pod');
      for (const [key, view] of views) {
        const latest = written.get(key);
        if (latest === 'deleted' && view.record === undefined) continue;
        const isOther = latest !== undefined && latest !== 'deleted' && latest.kind === 'Pod';
        const isLatest = isOther && latest.pod.metadata.uid === view.uid;
        const pod = isLatest ? latest.pod : (parts.added.shown(key, view.uid) ?? view.pod);
        if (pod !== undefined) yield ofView(key, { view, pod }, parts);
      }
      for (const [key, latest] of written)
        if (!views.has(key) && latest !== 'deleted' && latest.kind === 'Pod') yield ofFile(latest.pod, parts);
    },
  };
}

/** Of two pods of one name the older one is on its way out, and the newer one waits for that: so does who waits for the newer one. */
function oneOfEachName(views: readonly PodView[]): ReadonlyMap<string, PodView> {
  const byName = new Map<string, PodView>();
  for (const view of views) {
    const key = objectKey('Pod', view.namespace, view.name);
    const other = byName.get(key);
    if (other === undefined || (!isEnding(other) && isEnding(view))) byName.set(key, view);
  }
  return byName;
}

function isEnding({ record }: PodView): boolean {
  return record?.deletionStartedAtMs !== undefined;
}

function ofView(
  key: string,
  { view, pod }: { readonly view: PodView; readonly pod: Pod },
  { files, nodeName, nowMs }: PodSourceParts,
): SourceObject {
  const { namespace, name, uid, file, record, basis, status } = view;
  const { deletionStartedAtMs: startedAtMs, deletionGraceSeconds } = record ?? {};
  const graceSeconds = deletionGraceSeconds ?? pod.spec.terminationGracePeriodSeconds;
  return {
    namespace,
    name,
    basis: [...basis, pod],
    make: () => {
      const { createdAtMs = nowMs(), changedAtMs = createdAtMs } = record ?? {};
      return podObject({
        ...{ pod, uid, nodeName, createdAtMs, seenAtMs: changedAtMs, isOwn: files.isOwn(key, file), file },
        ...(startedAtMs !== undefined && { deletion: { startedAtMs, graceSeconds } }),
        status: status(),
      });
    },
  };
}

/** A pod that nobody has looked at yet. */
function ofFile(pod: Pod, { nodeName, nowMs }: PodSourceParts): SourceObject {
  const { namespace, name, uid = '' } = pod.metadata;
  return {
    namespace,
    name,
    basis: [pod],
    make: () => {
      const atMs = nowMs();
      const status = pendingStatus(pod, atMs);
      return podObject({ pod, uid, nodeName, createdAtMs: atMs, seenAtMs: atMs, isOwn: true, status });
    },
  };
}

function pendingStatus(pod: Pod, nowMs: number): PodStatus {
  const nothing = { observed: nothingObserved, health: new Map(), waits: [], hostIPs: [] };
  return podStatus({ ...nothing, pod, record: undefined, terminating: false, nowMs });
}
