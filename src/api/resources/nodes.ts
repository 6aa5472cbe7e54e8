import { type JsonObject, listAt, objectAt, textAt } from '../../base/index.ts';
import type { Resource } from '../resource.ts';
import { AGE, ageOf, column, NAME, nameOf, orElse, wideColumn } from './columns.ts';

const ROLE_LABEL = 'kubernetes.io/role';
const ROLE_PREFIX = 'node-role.kubernetes.io/';

export const nodes: Resource = {
  group: '',
  version: 'v1',
  name: 'nodes',
  singular: 'node',
  kind: 'Node',
  namespaced: false,
  // `minions` is what nodes were called once.
  shortNames: ['no', 'minions'],
  categories: [],
  verbs: ['get', 'list', 'patch', 'update', 'watch'],
  subresources: [{ name: 'status', verbs: ['get'] }],
  columns: [
    NAME,
    column('Status', 'Whether the node is ready, and whether it takes pods.'),
    column('Roles', 'The roles of the node.'),
    AGE,
    column('Version', 'The version of Kubernetes that the node speaks.'),
    wideColumn('Internal-IP', 'The address of the node among its own.'),
    wideColumn('External-IP', 'The address of the node for others.'),
    wideColumn('OS-Image', 'The operating system.'),
    wideColumn('Kernel-Version', 'The version of the kernel.'),
    wideColumn('Container-Runtime', 'The container runtime and its version.'),
  ],
  // Kubernetes: printNode in pkg/printers/internalversion/printers.go.
  cells(node, nowMs) {
    const info = objectAt(node.status, 'nodeInfo');
    return [
      nameOf(node),
      statusWord(node),
      orElse(rolesOf(node).join(','), '<none>'),
      ageOf(node, nowMs),
      textAt(info, 'kubeletVersion'),
      addressOf(node, 'InternalIP'),
      addressOf(node, 'ExternalIP'),
      orElse(textAt(info, 'osImage'), '<unknown>'),
      orElse(textAt(info, 'kernelVersion'), '<unknown>'),
      orElse(textAt(info, 'containerRuntimeVersion'), '<unknown>'),
    ];
  },
  fields: { 'spec.unschedulable': (node) => String(isUnschedulable(node)) },
};

function statusWord(node: JsonObject): string {
  const ready = listAt(node.status, 'conditions').find((each) => textAt(each, 'type') === 'Ready');
  const words = { unknown: 'Unknown', yes: 'Ready', no: 'NotReady' };
  const answer = ready === undefined ? 'unknown' : textAt(ready, 'status') === 'True' ? 'yes' : 'no';
  return isUnschedulable(node) ? `${words[answer]},SchedulingDisabled` : words[answer];
}

function isUnschedulable(node: JsonObject): boolean {
  return objectAt(node, 'spec').unschedulable === true;
}

function rolesOf({ metadata }: JsonObject): readonly string[] {
  const labels = objectAt(metadata, 'labels');
  const roles = Object.keys(labels).map((label) => {
    if (label === ROLE_LABEL) return textAt(labels, label);
    return label.startsWith(ROLE_PREFIX) ? label.slice(ROLE_PREFIX.length) : '';
  });
  return [...new Set(roles.filter((role) => role !== ''))].sort();
}

function addressOf({ status }: JsonObject, type: string): string {
  const address = listAt(status, 'addresses').find((each) => textAt(each, 'type') === type);
  return address === undefined ? '<none>' : textAt(address, 'address');
}
