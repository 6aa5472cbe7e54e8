import { dns1123SubdomainErrors, type PodSpec, qualifiedNameErrors } from '../pod/index.ts';
import { containerNames } from './container-names.ts';
import { shapeOf, shapes } from './field-fates.ts';
import type { Fields } from './fields.ts';
import type { PodContext } from './pod-context.ts';
import { present, unlessEmpty } from './present.ts';
import { quote } from './problems.ts';
import { rangeErrors } from './range-errors.ts';
import { type FoundContainer, readContainer } from './read-container.ts';
import { readDns } from './read-dns.ts';
import { readEphemeralContainer } from './read-ephemeral-container.ts';
import { readHostNamespaces } from './read-host-namespaces.ts';
import { readNetworkIdentity } from './read-network-identity.ts';
import { readPodResources } from './read-pod-resources.ts';
import { readPodSecurityContext } from './read-pod-security-context.ts';
import { PortClaims } from './read-ports.ts';
import { readOverhead } from './read-resources.ts';
import { readVolumes } from './read-volumes.ts';
import { unsupportedValue } from './unsupported-value.ts';

/** What containers are checked against, and what they share. */
type Shared = Omit<PodContext, 'containers' | 'ports' | 'isInit' | 'isEphemeral'> & {
  readonly hostNetwork: boolean;
};

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'] as const;

/** Reads the honoured fields of a PodSpec, with the defaults core/v1 applies when it decodes one. */
export function readSpec(fields: Fields): PodSpec {
  const shared = readHostNamespaces(fields);
  const { hostNetwork, hostPID, hostIPC, hostUsers, shareProcessNamespace } = shared;
  const volumes = readVolumes(fields);
  const byName = new Map(volumes.map((volume) => [volume.name, volume]));
  // Any sign is valid, as in Kubernetes: what is below one second is raised to it when the pod is stopped.
  const gracePeriodSeconds = fields.integer('terminationGracePeriodSeconds', 'int64') ?? 30;
  const { regular, init, ephemeral } = readContainers(fields, {
    volumes: byName,
    hostNetwork,
    hostUsers,
    gracePeriodSeconds,
    namesSystem: fields.has('os'),
  });
  checkSystem(fields, [...regular, ...init, ...ephemeral]);
  return present({
    containers: regular.map(({ container }) => container),
    initContainers: unlessEmpty(init.map(({ container }) => container)),
    restartPolicy: fields.word('restartPolicy', RESTART_POLICIES) ?? 'Always',
    terminationGracePeriodSeconds: gracePeriodSeconds,
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
    serviceAccountName: readAccount(fields, 'serviceAccountName') ?? readAccount(fields, 'serviceAccount'),
    readinessGates: unlessEmpty(readReadinessGates(fields)),
    priorityClassName: readPriorityClass(fields),
    ephemeralContainers: unlessEmpty(ephemeral.map(({ container }) => container)),
  });
}

/** Host ports are claimed by all regular containers together, and by each init container alone: those run one by one. */
function readContainers(
  fields: Fields,
  pod: Shared,
): Readonly<Record<'regular' | 'init' | 'ephemeral', FoundContainer[]>> {
  const shared = { ...pod, containers: containerNames(fields), isInit: false, isEphemeral: false };
  const apart = () => new PortClaims(pod.hostNetwork);
  const ports = apart();
  const regular = fields
    .objects('containers', shapes.container)
    .map((item) => ({ fields: item, container: readContainer(item, { ...shared, ports }) }));
  if (fields.isEmpty('containers')) fields.report('containers', 'Required value');
  const init = fields.objects('initContainers', shapes.container).map((item) => ({
    fields: item,
    container: readContainer(item, { ...shared, ports: apart(), isInit: true }),
  }));
  const ephemeral = fields.objects('ephemeralContainers', shapeOf('V1EphemeralContainer')).map((item) => ({
    fields: item,
    container: readEphemeralContainer(item, { ...shared, ports: apart(), isEphemeral: true }),
  }));
  reportDuplicates([...regular, ...init, ...ephemeral]);
  return { regular, init, ephemeral };
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

/** Conditions that have to be True for the pod to be Ready; whose they are is for whoever sets them. */
function readReadinessGates(fields: Fields): string[] {
  return fields.objects('readinessGates', shapeOf('V1PodReadinessGate')).map((gate) => {
    const condition = gate.requiredText('conditionType') ?? '';
    if (condition !== '') gate.reportInvalid('conditionType', condition, qualifiedNameErrors(condition));
    gate.note(
      'conditionType',
      'nothing here sets conditions: the pod will not be Ready until somebody sets this one through the API',
    );
    return condition;
  });
}

/** What can have no effect but to be read by a variable, so its type is checked with all that has none. */
function readAccount(fields: Fields, field: 'serviceAccountName' | 'serviceAccount'): string | undefined {
  return fields.tree(field)?.kind === 'string' ? readName(fields, field) : undefined;
}

function readPriorityClass(fields: Fields): string | undefined {
  const name = readName(fields, 'priorityClassName');
  if (name !== undefined && name !== 'system-node-critical') {
    fields.note('priorityClassName', 'has no effect here: only system-node-critical has one');
  }
  return name;
}

function readName(fields: Fields, field: string): string | undefined {
  const name = fields.text(field);
  if (name !== undefined) fields.reportInvalid(field, name, dns1123SubdomainErrors(name));
  return name;
}

/** `os` says only what a pod is made for, and so what it cannot ask for. */
function checkSystem(spec: Fields, containers: readonly FoundContainer[]): void {
  if (!spec.has('os')) return;
  const name = spec.object('os', shapeOf('V1PodOS'))?.requiredText('name', 'cannot be empty');
  if (name === 'windows') spec.report('os', 'Invalid value: "windows": pods here run on Linux');
  else if (name === 'linux') {
    for (const owner of [spec, ...containers.map(({ fields }) => fields)]) refuseWindowsOptions(owner);
  } else if (name !== undefined) spec.report('os', unsupportedValue(name, ['linux', 'windows']));
}

function refuseWindowsOptions(owner: Fields): void {
  // What is no map was reported by its reader.
  const security = owner.tree('securityContext')?.kind === 'map' ? owner.map('securityContext') : undefined;
  if (security?.has('windowsOptions')) {
    security.report('windowsOptions', 'Forbidden: windows options cannot be set for a linux pod');
  }
}
