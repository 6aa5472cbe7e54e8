import { dns1123SubdomainErrors, type PodSpec } from '../pod/index.ts';
import { containerNames } from './container-names.ts';
import { shapeOf, shapes } from './field-fates.ts';
import type { Fields } from './fields.ts';
import type { PodContext } from './pod-context.ts';
import { present, unlessEmpty } from './present.ts';
import { quote } from './problems.ts';
import { rangeErrors } from './range-errors.ts';
import { type FoundContainer, readContainer } from './read-container.ts';
import { readDns } from './read-dns.ts';
import { readHostNamespaces } from './read-host-namespaces.ts';
import { readNetworkIdentity } from './read-network-identity.ts';
import { type PodContainers, readPodResources } from './read-pod-resources.ts';
import { readPodSecurityContext } from './read-pod-security-context.ts';
import { PortClaims } from './read-ports.ts';
import { readOverhead } from './read-resources.ts';
import { readVolumes } from './read-volumes.ts';
import { unsupportedValue } from './unsupported-value.ts';

/** What containers are checked against, and what they share. */
type Shared = Pick<PodContext, 'volumes' | 'hostUsers'> & { readonly hostNetwork: boolean };

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'] as const;

/** Reads the honoured fields of a PodSpec, with the defaults core/v1 applies when it decodes one. */
export function readSpec(fields: Fields): PodSpec {
  const shared = readHostNamespaces(fields);
  const { hostNetwork, hostPID, hostIPC, hostUsers, shareProcessNamespace } = shared;
  const volumes = readVolumes(fields);
  const { regular, init } = readContainers(fields, { volumes, hostNetwork, hostUsers });
  checkSystem(fields);
  return present({
    containers: regular.map(({ container }) => container),
    initContainers: unlessEmpty(init.map(({ container }) => container)),
    restartPolicy: fields.word('restartPolicy', RESTART_POLICIES) ?? 'Always',
    // Any sign is valid, as in Kubernetes: what is below one second is raised to it when the pod is stopped.
    terminationGracePeriodSeconds: fields.integer('terminationGracePeriodSeconds', 'int64') ?? 30,
    hostNetwork,
    activeDeadlineSeconds: readDeadline(fields),
    volumes: unlessEmpty(volumes),
    hostPID: hostPID || undefined,
    hostIPC: hostIPC || undefined,
    shareProcessNamespace: shareProcessNamespace || undefined,
    hostUsers: hostUsers ? undefined : (false as const),
    ...readNetworkIdentity(fields, hostNetwork),
    ...readDns(fields),
    imagePullSecrets: unlessEmpty(readPullSecrets(fields)),
    runtimeClassName: readName(fields, 'runtimeClassName'),
    overhead: readOverhead(fields, 'overhead'),
    resources: readPodResources(fields, { regular, init }),
    securityContext: readPodSecurityContext(fields, shared),
    serviceAccountName: readName(fields, 'serviceAccountName') ?? readName(fields, 'serviceAccount'),
    priorityClassName: readName(fields, 'priorityClassName'),
  });
}

/** Host ports are claimed by all regular containers together, and by each init container alone: those run one by one. */
function readContainers(fields: Fields, pod: Shared): PodContainers {
  const containers = containerNames(fields);
  const read = (item: Fields, ports: PortClaims): FoundContainer => {
    return { fields: item, container: readContainer(item, { ...pod, containers, ports }) };
  };
  const claims = new PortClaims(pod.hostNetwork);
  const regular = fields.objects('containers', shapes.container).map((item) => read(item, claims));
  if (fields.isEmpty('containers')) fields.report('containers', 'Required value');
  const isRead = shapes.podSpec.get('initContainers')?.fate.fate === 'honoured';
  const items = isRead ? fields.objects('initContainers', shapes.container) : [];
  const init = items.map((item) => read(item, new PortClaims(pod.hostNetwork)));
  reportDuplicates([...regular, ...init]);
  return { regular, init };
}

function reportDuplicates(all: readonly FoundContainer[]): void {
  const names = new Set<string>();
  for (const { fields, container } of all) {
    const { name } = container;
    if (name !== '' && names.has(name)) fields.report('name', `Duplicate value: ${quote(name)}`);
    names.add(name);
  }
}

function readDeadline(fields: Fields): number | undefined {
  const seconds = fields.integer('activeDeadlineSeconds', 'int64');
  if (seconds !== undefined) {
    fields.reportInvalid('activeDeadlineSeconds', seconds, rangeErrors(seconds, 1, 2 ** 31 - 1));
  }
  return seconds;
}

/** Kubernetes takes entries without a name and passes over them. */
function readPullSecrets(fields: Fields): string[] {
  return fields
    .objects('imagePullSecrets', shapeOf('V1LocalObjectReference'))
    .flatMap((secret) => secret.text('name') ?? []);
}

function readName(fields: Fields, field: string): string | undefined {
  const name = fields.text(field);
  if (name !== undefined) fields.reportInvalid(field, name, dns1123SubdomainErrors(name));
  return name;
}

/** `os` says only what a pod is made for. */
function checkSystem(spec: Fields): void {
  if (!spec.has('os')) return;
  const name = spec.object('os', shapeOf('V1PodOS'))?.requiredText('name', 'cannot be empty');
  if (name === 'windows') spec.report('os', 'Invalid value: "windows": pods here run on Linux');
  else if (name !== undefined && name !== 'linux') {
    spec.report('os', unsupportedValue(name, ['linux', 'windows']));
  }
}
