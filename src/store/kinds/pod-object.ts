import { type JsonObject, objectAt } from '../../base/index.ts';
import { isManifestUrl } from '../../manifest/index.ts';
import type { Container, Pod } from '../../pod/index.ts';
import { type PodStatus, timestamp } from '../../status/index.ts';
import { asJson } from '../as-json.ts';
import { creationOf, type Origin, shownMetadata } from './metadata.ts';
import { defaultedSpec } from './pod-defaults.ts';

export interface ShownPod extends Origin {
  readonly pod: Pod;
  readonly uid: string;
  readonly nodeName: string;
  /** Where it is defined; absent for what was made through the API. */
  readonly file?: string;
  /** When its version was first seen. */
  readonly seenAtMs: number;
  readonly deletion?: { readonly startedAtMs: number; readonly graceSeconds: number };
  readonly status: PodStatus | undefined;
}

/** A pod as Kubernetes shows it. One of a watched directory looks like the mirror of a kubelet's static pod, which nobody drains. */
export function podObject(shown: ShownPod): JsonObject {
  const { pod, nodeName, status } = shown;
  const document = pod.document ?? remembered(pod);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: podMetadata(shown, document),
    spec: { ...defaultedSpec(objectAt(document, 'spec')), nodeName },
    status: status === undefined ? { phase: 'Pending' } : asJson(status),
  };
}

function podMetadata(shown: ShownPod, document: JsonObject): JsonObject {
  const { pod, uid, isOwn, deletion } = shown;
  const written = objectAt(document, 'metadata');
  return {
    ...shownMetadata(written, shown),
    namespace: pod.metadata.namespace,
    uid,
    creationTimestamp: creationOf(written, shown),
    ...(deletion && {
      deletionTimestamp: timestamp(deletion.startedAtMs + deletion.graceSeconds * 1000),
      deletionGracePeriodSeconds: deletion.graceSeconds,
    }),
    ...(!isOwn && {
      annotations: { ...objectAt(written, 'annotations'), ...mirrorAnnotations(shown) },
    }),
  };
}

/** What a kubelet's mirror pods carry. The hash is the uid of what it mirrors: by that kubectl finds its events (kubelet: types.go). */
function mirrorAnnotations({ uid, seenAtMs, file = '' }: ShownPod): JsonObject {
  return {
    'kubernetes.io/config.hash': uid,
    'kubernetes.io/config.mirror': uid,
    'kubernetes.io/config.seen': new Date(seenAtMs).toISOString(),
    'kubernetes.io/config.source': isManifestUrl(file) ? 'http' : 'file',
  };
}

/** A document for a pod whose record is older than documents are: what is simple to say of it. */
function remembered({ metadata, spec }: Pod): JsonObject {
  const { name, labels, annotations } = metadata;
  const { restartPolicy, terminationGracePeriodSeconds, hostNetwork, initContainers = [] } = spec;
  return {
    metadata: { name, labels, annotations },
    spec: {
      restartPolicy,
      terminationGracePeriodSeconds,
      ...(hostNetwork && { hostNetwork }),
      ...(initContainers.length > 0 && { initContainers: initContainers.map(rememberedContainer) }),
      containers: spec.containers.map(rememberedContainer),
    },
  };
}

function rememberedContainer({ name, image, command, args, ports, imagePullPolicy }: Container): JsonObject {
  return {
    ...{ name, image, imagePullPolicy },
    ...(command.length > 0 && { command }),
    ...(args.length > 0 && { args }),
    ...(ports.length > 0 && { ports: ports.map(asJson) }),
  };
}
