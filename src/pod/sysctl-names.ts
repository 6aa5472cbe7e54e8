const SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const segmentPattern = /^[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/;
const MAX_CHARACTERS = 253;

/** What of the kernel's IPC a pod has for itself. */
const IPC_PREFIXES = ['kernel.shm', 'kernel.msg', 'fs.mqueue.'];

/** The name of a sysctl, in Kubernetes' own words; an empty list means valid (core/validation: IsValidSysctlName). */
export function sysctlNameErrors(name: string): string[] {
  const isValid =
    name.length <= MAX_CHARACTERS && name.split(/[./]/).every((segment) => segmentPattern.test(segment));
  return isValid
    ? []
    : [`must have at most ${MAX_CHARACTERS} characters and match regex ^(${SEGMENT}[\\./])*${SEGMENT}$`];
}

/**
 * The name with dots between its parts, as the runtime takes it. Where a slash comes first, the two change places: that is how a
 * dot within a part is written, `net/ipv4/conf/eno2.100/rp_filter` (component-helpers: sysctl.NormalizeName).
 */
export function dottedSysctl(name: string): string {
  if (!/^[^.]*\//.test(name)) return name;
  return name.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
}

/** Which namespace of a pod holds a sysctl; undefined for those of the whole machine (component-helpers: sysctl.GetNamespace). */
export function sysctlNamespace(name: string): 'ipc' | 'net' | undefined {
  const dotted = dottedSysctl(name);
  if (dotted.startsWith('net.')) return 'net';
  if (dotted === 'kernel.sem' || IPC_PREFIXES.some((prefix) => dotted.startsWith(prefix))) return 'ipc';
  return undefined;
}
