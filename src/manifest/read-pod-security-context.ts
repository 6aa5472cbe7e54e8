import type { PodSecurityContext } from '../pod/index.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { present, unlessEmpty } from './present.ts';
import {
  idErrors,
  readAppArmorProfile,
  readId,
  readSeccompProfile,
  readSeLinuxOptions,
} from './read-security-profile.ts';
import { type HostNamespaces, readSysctls } from './read-sysctls.ts';

/** Reads `securityContext` of a PodSpec; `host` tells which of the machine's namespaces the pod shares. */
export function readPodSecurityContext(spec: Fields, host: HostNamespaces): PodSecurityContext | undefined {
  const fields = spec.object('securityContext', shapeOf('V1PodSecurityContext'));
  if (fields === undefined) return undefined;
  const change = fields.word('fsGroupChangePolicy', ['Always', 'OnRootMismatch']);
  const groups = fields.word('supplementalGroupsPolicy', ['Merge', 'Strict']);
  const security = present({
    runAsUser: readId(fields, 'runAsUser'),
    runAsGroup: readId(fields, 'runAsGroup'),
    runAsNonRoot: fields.boolean('runAsNonRoot') || undefined,
    fsGroup: readId(fields, 'fsGroup'),
    fsGroupChangePolicy: change === 'Always' ? undefined : change,
    supplementalGroups: readGroups(fields),
    supplementalGroupsPolicy: groups === 'Merge' ? undefined : groups,
    sysctls: unlessEmpty(readSysctls(fields, host)),
    seccompProfile: readSeccompProfile(fields),
    appArmorProfile: readAppArmorProfile(fields),
    seLinuxOptions: readSeLinuxOptions(fields),
  });
  return unlessEmpty(security);
}

function readGroups(fields: Fields): readonly number[] | undefined {
  const groups = fields.integers('supplementalGroups', 'int64');
  for (const [index, group] of groups.entries()) {
    for (const reason of idErrors(group)) {
      fields.reportItem('supplementalGroups', index, `Invalid value: ${group}: ${reason}`);
    }
  }
  return unlessEmpty(groups);
}
