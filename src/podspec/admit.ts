import { allContainers, annotationPrefix, type Container, type Need, needs, type Pod } from '../pod/index.ts';
import { appArmorAnnotationProblem, appArmorProfile } from './app-armor.ts';
import { hostnameProblem, podHostname } from './hostname.ts';
import { hugepageBytes } from './hugepages.ts';
import { offers } from './offers.ts';
import type { Place } from './place.ts';
import { sysctlProblem } from './sysctls.ts';

/** Why a pod waits, as its status shows it. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/**
 * Why the pod cannot run at this place as it is written; undefined where it can. To be asked before a sandbox is made, and again
 * later: a runtime may have been upgraded. The kubelet's reasons and words where it has them; what only needs a newer runtime has
 * the reason RuntimeUnsupported.
 */
export function admit(pod: Pod, place: Place): Rejection | undefined {
  return (
    rejected('SysctlForbidden', sysctlProblem(pod.spec, place.node)) ??
    rejected('AppArmor', appArmorProblem(pod, place)) ??
    rejected('FailedCreatePodSandBox', fqdnProblem(pod, place)) ??
    hugepagesRejection(pod, place) ??
    needRejection(pod, place)
  );
}

function rejected(reason: string, message: string | undefined): Rejection | undefined {
  return message === undefined ? undefined : { reason, message };
}

/** kubelet: lifecycle.NewAppArmorAdmitHandler. */
function appArmorProblem(pod: Pod, place: Place): string | undefined {
  const subjects = allContainers(pod).map((container) => ({ pod, container }));
  const malformed = subjects.map(appArmorAnnotationProblem).find((problem) => problem !== undefined);
  if (malformed !== undefined) return `Cannot enforce AppArmor: ${malformed}`;
  const asked = subjects.some((subject) => (appArmorProfile(subject)?.type ?? 'Unconfined') !== 'Unconfined');
  return asked && !offers(pod, 'app-armor', place)
    ? 'Cannot enforce AppArmor: AppArmor is not enabled on the host'
    : undefined;
}

function fqdnProblem(pod: Pod, { node }: Place): string | undefined {
  return pod.spec.hostNetwork ? undefined : hostnameProblem(podHostname(pod, node.settings.clusterDomain));
}

/** Pages of a size that the machine does not have (kubelet: lifecycle.InsufficientResourceError). */
function hugepagesRejection(pod: Pod, { node }: Place): Rejection | undefined {
  for (const { resources } of [pod.spec, ...allContainers(pod)]) {
    for (const [name, amount] of Object.entries(resources?.limits ?? {})) {
      const [[size, bytes] = ['', 0n]] = hugepageBytes({ [name]: amount });
      if (bytes === 0n || node.hugepageSizes.includes(size)) continue;
      const message = `Node didn't have enough resource: ${name}, requested: ${bytes}, used: 0, capacity: 0`;
      return { reason: `OutOf${name}`, message };
    }
  }
  return undefined;
}

const REASONS: Readonly<Partial<Record<Need, string>>> = {
  'strict-supplemental-groups': 'SupplementalGroupsPolicyNotSupported',
  'pod-cgroups': 'PodLevelResourcesNotSupported',
};

function needRejection(pod: Pod, place: Place): Rejection | undefined {
  const unmet = needsOf(pod).find(({ need }) => !offers(pod, need, place));
  if (unmet === undefined) return undefined;
  const { name, version } = place.runtime;
  return {
    reason: REASONS[unmet.need] ?? 'RuntimeUnsupported',
    message: `${unmet.field} needs ${needs[unmet.need]}; this is ${name} ${version}`,
  };
}

interface FieldNeed {
  readonly field: string;
  readonly need: Need;
}

/** The fields of a pod that not every runtime and machine can honour, as Kubernetes writes their paths. */
function needsOf({ metadata, spec }: Pod): FieldNeed[] {
  const { containers, initContainers = [], volumes = [], securityContext } = spec;
  const images = new Set(volumes.flatMap(({ name, source }) => (source.kind === 'image' ? [name] : [])));
  const isStrict = securityContext?.supplementalGroupsPolicy === 'Strict';
  const devices = Object.keys(metadata.annotations).filter((key) => key.startsWith(annotationPrefix.cdi));
  return [
    ...needIf(spec.hostUsers === false, 'spec.hostUsers', 'user-namespaces'),
    ...needIf(isStrict, 'spec.securityContext.supplementalGroupsPolicy', 'strict-supplemental-groups'),
    ...needIf(spec.resources !== undefined, 'spec.resources', 'pod-cgroups'),
    ...devices.map((key): FieldNeed => ({ field: `metadata.annotations[${key}]`, need: 'cdi' })),
    ...volumes.flatMap(({ name }, at) =>
      needIf(images.has(name), `spec.volumes[${at}].image`, 'image-volumes'),
    ),
    ...initContainers.flatMap((each, at) => mountNeeds(`spec.initContainers[${at}]`, each, images)),
    ...containers.flatMap((each, at) => mountNeeds(`spec.containers[${at}]`, each, images)),
  ];
}

function mountNeeds(
  path: string,
  { volumeMounts = [] }: Container,
  images: ReadonlySet<string>,
): FieldNeed[] {
  return volumeMounts.flatMap((mount, at) => {
    const field = `${path}.volumeMounts[${at}]`;
    const isPart = (part: string | undefined): boolean => part !== undefined && images.has(mount.name);
    return [
      ...needIf(isPart(mount.subPath), `${field}.subPath`, 'image-sub-path'),
      ...needIf(isPart(mount.subPathExpr), `${field}.subPathExpr`, 'image-sub-path'),
      ...needIf(mount.recursiveReadOnly === 'Enabled', `${field}.recursiveReadOnly`, 'recursive-read-only'),
    ];
  });
}

function needIf(isAsked: boolean, field: string, need: Need): FieldNeed[] {
  return isAsked ? [{ field, need }] : [];
}
