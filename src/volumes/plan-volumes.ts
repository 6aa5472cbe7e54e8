import { assertNever } from '../base/index.ts';
import type { FilesSource, Pod, PodFacts, UsedObjects, Volume } from '../pod/index.ts';
import { type FilesGiven, sourcedFiles } from './file-sources.ts';
import { hugePageSize } from './huge-page-size.ts';
import { memoryVolumeBytes } from './memory-size.ts';
import { setUpFailed } from './set-up-failed.ts';
import type { FilesSetup, VolumeSetup, VolumesRequest } from './volume-setup.ts';

export interface VolumesPlan {
  readonly request: VolumesRequest;
  /** Why the pod cannot have its volumes yet, in the kubelet's words; empty where nothing is missing. */
  readonly missing: readonly string[];
}

/** What the volumes of a pod are to be on this machine. Image volumes need nothing here: the runtime mounts them. */
export function planVolumes(pod: Pod, facts: PodFacts, uses: UsedObjects): VolumesPlan {
  const planned = (pod.spec.volumes ?? []).map((volume) => planVolume(volume, { pod, facts, uses }));
  return {
    request: { setups: planned.flatMap(({ setup }) => setup ?? []) },
    missing: planned.flatMap(({ missing }) => missing ?? []),
  };
}

interface PlannedVolume {
  readonly setup?: VolumeSetup;
  readonly missing?: readonly string[];
}

function planVolume(volume: Volume, given: FilesGiven): PlannedVolume {
  const { name, source } = volume;
  switch (source.kind) {
    case 'emptyDir':
      return planEmptyDir(name, source, given);
    case 'ephemeral':
      return { setup: { kind: 'empty-dir', volume: name, medium: 'disk', ...group(given.pod) } };
    case 'hostPath':
      // Without a type nothing is checked and nothing made (kubelet: checkType).
      return source.type === ''
        ? {}
        : { setup: { kind: 'host-path', volume: name, path: source.path, type: source.type } };
    case 'persistentVolumeClaim':
      return planClaim(name, source, given);
    case 'image':
      return {};
    case 'configMap':
    case 'secret':
    case 'downwardAPI':
    case 'projected':
      return planFiles(name, source, given);
    default:
      return assertNever(source);
  }
}

function planEmptyDir(
  volume: string,
  source: { readonly medium: string; readonly sizeLimit?: string },
  { pod, facts, uses }: FilesGiven,
): PlannedVolume {
  const base = { kind: 'empty-dir', volume, ...group(pod) } as const;
  if (source.medium === '') return { setup: { ...base, medium: 'disk' } };
  if (source.medium === 'Memory') {
    const given = { pod, uses, nodeMemoryBytes: facts.node.memoryBytes };
    const sizeBytes = memoryVolumeBytes(source.sizeLimit, given);
    return { setup: { ...base, medium: 'memory', sizeBytes } };
  }
  const size = hugePageSize(pod, source.medium);
  return 'problem' in size
    ? { missing: [setUpFailed(volume, size.problem)] }
    : { setup: { ...base, medium: 'hugepages', pageSize: size.pageSize } };
}

function planClaim(
  volume: string,
  source: { readonly claimName: string; readonly readOnly?: boolean },
  { pod, uses }: FilesGiven,
): PlannedVolume {
  if (!uses.claims.has(source.claimName)) {
    return { missing: [`persistentvolumeclaim "${source.claimName}" not found`] };
  }
  return {
    setup: {
      kind: 'claim',
      volume,
      namespace: pod.metadata.namespace,
      claim: source.claimName,
      // What is read only keeps its owners (kubelet: local volumes).
      ...(source.readOnly !== true && group(pod)),
      fsGroupChangePolicy: pod.spec.securityContext?.fsGroupChangePolicy ?? 'Always',
    },
  };
}

const FILES: Readonly<Record<FilesSource['kind'], Pick<FilesSetup, 'plugin' | 'medium'>>> = {
  configMap: { plugin: 'configmap', medium: 'disk' },
  secret: { plugin: 'secret', medium: 'memory' },
  downwardAPI: { plugin: 'downward-api', medium: 'memory' },
  projected: { plugin: 'projected', medium: 'memory' },
};

function planFiles(volume: string, source: FilesSource, given: FilesGiven): PlannedVolume {
  const { files, problems } = sourcedFiles(source, given);
  return problems.length > 0
    ? { missing: problems.map((problem) => setUpFailed(volume, problem)) }
    : { setup: { kind: 'files', volume, ...FILES[source.kind], files, ...group(given.pod) } };
}

function group(pod: Pod): { readonly fsGroup?: number } {
  const fsGroup = pod.spec.securityContext?.fsGroup;
  return fsGroup === undefined ? {} : { fsGroup };
}
