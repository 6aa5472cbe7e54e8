import type {
  LinuxContainerSecurityContext,
  LinuxSandboxSecurityContext,
  SecurityProfile as WireProfile,
} from '../cri/index.ts';
import {
  type ContainerSecurityContext,
  everyContainer,
  type Pod,
  type SecurityProfile,
} from '../pod/index.ts';
import { appArmorProfile } from './app-armor.ts';
import { effectiveSecurity } from './effective-security.ts';
import { type ImageUser, imageUid } from './image-user.ts';
import { namespaceOptions } from './namespaces.ts';
import type { Place } from './place.ts';
import type { Subject } from './subject.ts';

/** Paths hidden from, or read-only to, a container that is not privileged (kubelet: defaultMaskedPaths and defaultReadonlyPaths). */
const MASKED_PATHS = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
const READONLY_PATHS = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/**
 * kubelet: generatePodSandboxLinuxConfig. The sandbox itself never does more than wait, so its seccomp profile is fixed. Ephemeral
 * containers count, since a runtime asks the config that comes with CreateContainer whether privilege is allowed.
 */
export function sandboxSecurity(pod: Pod, place: Place): LinuxSandboxSecurityContext {
  const { runAsUser, runAsGroup, seLinuxOptions } = pod.spec.securityContext ?? {};
  const privileged = everyContainer(pod).some(({ securityContext }) => securityContext?.privileged);
  return {
    namespace_options: namespaceOptions(pod, place),
    seccomp: { profile_type: 'RuntimeDefault' },
    ...(privileged && { privileged }),
    ...(runAsUser !== undefined && { run_as_user: { value: runAsUser } }),
    ...(runAsGroup !== undefined && { run_as_group: { value: runAsGroup } }),
    ...(seLinuxOptions !== undefined && { selinux_options: seLinuxOptions }),
    ...groups(pod),
  };
}

/** kubelet: determineEffectiveSecurityContext. */
export function containerSecurity(
  subject: Subject,
  user: ImageUser | undefined,
  place: Place,
): LinuxContainerSecurityContext {
  const own = effectiveSecurity(subject);
  const { capabilities } = own;
  return {
    namespace_options: namespaceOptions(subject.pod, place),
    seccomp: seccompProfile(own.seccompProfile, place),
    ...paths(own, place),
    ...runAs(own, user),
    ...groups(subject.pod),
    ...(own.privileged === true && { privileged: true }),
    ...(own.readOnlyRootFilesystem === true && { readonly_rootfs: true }),
    ...(own.allowPrivilegeEscalation === false && { no_new_privs: true }),
    ...(own.seLinuxOptions !== undefined && { selinux_options: own.seLinuxOptions }),
    ...(capabilities !== undefined && {
      capabilities: {
        add_capabilities: capabilities.add ?? [],
        drop_capabilities: capabilities.drop ?? [],
      },
    }),
    ...appArmor(subject),
  };
}

/** The runtime ignores these for privileged containers. */
function paths({ procMount }: ContainerSecurityContext, { node }: Place): LinuxContainerSecurityContext {
  if (procMount === 'Unmasked') return {};
  return { masked_paths: [...MASKED_PATHS, ...node.thermalThrottlePaths], readonly_paths: READONLY_PATHS };
}

/** The image's user is named too, so that the runtime runs who was checked. */
function runAs(
  { runAsUser, runAsGroup }: ContainerSecurityContext,
  user: ImageUser | undefined,
): LinuxContainerSecurityContext {
  const id = runAsUser ?? (user && imageUid(user));
  return {
    ...(id !== undefined && { run_as_user: { value: id } }),
    ...(id === undefined && user !== undefined && { run_as_username: user.username }),
    ...(runAsGroup !== undefined && { run_as_group: { value: runAsGroup } }),
  };
}

function groups({
  spec,
}: Pod): Pick<LinuxSandboxSecurityContext, 'supplemental_groups' | 'supplemental_groups_policy'> {
  const { fsGroup, supplementalGroups = [], supplementalGroupsPolicy } = spec.securityContext ?? {};
  const all = [...(fsGroup === undefined ? [] : [fsGroup]), ...supplementalGroups];
  return {
    ...(all.length > 0 && { supplemental_groups: all }),
    ...(supplementalGroupsPolicy === 'Strict' && { supplemental_groups_policy: 'Strict' }),
  };
}

/** Without a profile a container is not confined (kubelet: seccompDefault is false). */
function seccompProfile(profile: SecurityProfile | undefined, { node }: Place): WireProfile {
  if (profile === undefined) return { profile_type: 'Unconfined' };
  if (profile.type !== 'Localhost') return { profile_type: profile.type };
  return {
    profile_type: 'Localhost',
    localhost_ref: `${node.settings.seccompDir}/${profile.localhostProfile}`,
  };
}

/** In both fields, as the kubelet does: older runtimes read the older one. */
function appArmor(subject: Subject): LinuxContainerSecurityContext {
  const profile = appArmorProfile(subject);
  switch (profile?.type) {
    case undefined:
      return {};
    case 'RuntimeDefault':
      return { apparmor: { profile_type: 'RuntimeDefault' }, apparmor_profile: 'runtime/default' };
    case 'Unconfined':
      return { apparmor: { profile_type: 'Unconfined' }, apparmor_profile: 'unconfined' };
    case 'Localhost':
      return {
        apparmor: { profile_type: 'Localhost', localhost_ref: profile.localhostProfile },
        apparmor_profile: `localhost/${profile.localhostProfile}`,
      };
  }
}
