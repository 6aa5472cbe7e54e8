import { type JsonObject, listAt, objectAt, textAt } from '../../base/index.ts';
import { shownPodWords } from '../../status/index.ts';
import { defaultedSpec } from '../../store/index.ts';
import type { Cell, Resource } from '../resource.ts';
import { without } from '../verbs/desired.ts';
import { AGE, ageOf, column, NAME, nameOf, orElse, since, wideColumn } from './columns.ts';

export const pods: Resource = {
  group: '',
  version: 'v1',
  name: 'pods',
  singular: 'pod',
  kind: 'Pod',
  namespaced: true,
  shortNames: ['po'],
  categories: ['all'],
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [
    { name: 'attach', verbs: ['create', 'get'], kind: 'PodAttachOptions' },
    { name: 'ephemeralcontainers', verbs: ['get', 'patch', 'update'] },
    {
      name: 'eviction',
      verbs: ['create'],
      kind: 'Eviction',
      groupVersion: { group: 'policy', version: 'v1' },
    },
    { name: 'exec', verbs: ['create', 'get'], kind: 'PodExecOptions' },
    { name: 'log', verbs: ['get'] },
    { name: 'portforward', verbs: ['create', 'get'], kind: 'PodPortForwardOptions' },
    { name: 'status', verbs: ['get', 'patch', 'update'] },
  ],
  columns: [
    NAME,
    column('Ready', 'How many of the containers are ready, of how many.'),
    column('Status', 'The phase of the pod, or what one of its containers has to say.'),
    column('Restarts', 'How often containers were restarted, and when the last one was.'),
    AGE,
    wideColumn('IP', 'The first address of the pod.'),
    wideColumn('Node', 'The node that the pod runs on.'),
    wideColumn('Nominated Node', 'The node that the pod is to run on when others have made room.'),
    wideColumn('Readiness Gates', 'How many of the conditions that the pod asks for are true, of how many.'),
  ],
  cells(pod, nowMs) {
    const { ready, status, restarts, lastRestartAt } = shownPodWords(pod);
    const told =
      restarts > 0 && lastRestartAt !== undefined
        ? `${restarts} (${since(lastRestartAt, nowMs)} ago)`
        : `${restarts}`;
    return [nameOf(pod), ready, status, told, ageOf(pod, nowMs), ...placeCells(pod)];
  },
  // Kubernetes: AddFieldLabelConversionsForPod in pkg/apis/core/v1/conversion.go.
  fields: {
    'spec.hostNetwork': (pod) => String(objectAt(pod, 'spec').hostNetwork === true),
    'spec.nodeName': ({ spec }) => textAt(spec, 'nodeName'),
    'spec.restartPolicy': ({ spec }) => textAt(spec, 'restartPolicy'),
    'spec.schedulerName': ({ spec }) => textAt(spec, 'schedulerName'),
    'spec.serviceAccountName': ({ spec }) => textAt(spec, 'serviceAccountName'),
    'status.nominatedNodeName': ({ status }) => textAt(status, 'nominatedNodeName'),
    'status.phase': ({ status }) => textAt(status, 'phase'),
    'status.podIP': firstAddress,
    'status.podIPs': firstAddress,
  },
  complete: (pod, before) => (before === undefined ? withoutMirrorAnnotations(pod) : pod),
  withDefaults(pod, before) {
    const spec = defaultedSpec(objectAt(pod, 'spec'));
    // A client that brings its manifest back does not say where the pod has come to be.
    const nodeName = orElse(textAt(spec, 'nodeName'), textAt(before?.spec, 'nodeName'));
    return { ...pod, spec: { ...spec, ...(nodeName !== '' && { nodeName }) } };
  },
};

/** kubelet/types: constants.go, pod_update.go. */
const MIRROR_ANNOTATIONS = ['hash', 'mirror', 'seen', 'source'].map((name) => `kubernetes.io/config.${name}`);

/** A copy of a pod from a file is no mirror of that file: `kubectl drain` would leave it alone. */
function withoutMirrorAnnotations(pod: JsonObject): JsonObject {
  const metadata = objectAt(pod, 'metadata');
  const { annotations: _, ...others } = metadata;
  const annotations = without(objectAt(metadata, 'annotations'), MIRROR_ANNOTATIONS);
  const isBare = Object.keys(annotations).length === 0;
  return { ...pod, metadata: isBare ? others : { ...metadata, annotations } };
}

/** Kubernetes: printPod in pkg/printers/internalversion/printers.go. */
function placeCells(pod: JsonObject): readonly Cell[] {
  return [
    orElse(firstAddress(pod), '<none>'),
    orElse(textAt(pod.spec, 'nodeName'), '<none>'),
    orElse(textAt(pod.status, 'nominatedNodeName'), '<none>'),
    gatesWord(pod),
  ];
}

function firstAddress({ status }: JsonObject): string {
  return textAt(listAt(status, 'podIPs')[0], 'ip');
}

function gatesWord({ spec, status }: JsonObject): string {
  const gates = listAt(spec, 'readinessGates').map((gate) => textAt(gate, 'conditionType'));
  if (gates.length === 0) return '<none>';
  const conditions = listAt(status, 'conditions');
  const open = gates.filter((gate) => {
    const condition = conditions.find((each) => textAt(each, 'type') === gate);
    return textAt(condition, 'status') === 'True';
  });
  return `${open.length}/${gates.length}`;
}
