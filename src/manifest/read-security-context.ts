import type { ContainerSecurityContext } from '../pod/index.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { present, unlessEmpty } from './present.ts';
import {
  readAppArmorProfile,
  readId,
  readSeccompProfile,
  readSeLinuxOptions,
} from './read-security-profile.ts';

/** Reads `securityContext` of a container; `hostUsers` is false where its pod has a user namespace of its own. */
export function readSecurityContext(
  container: Fields,
  { hostUsers }: { readonly hostUsers: boolean },
): ContainerSecurityContext | undefined {
  const fields = container.object('securityContext', shapeOf('V1SecurityContext'));
  if (fields === undefined) return undefined;
  const security = present({
    runAsUser: readId(fields, 'runAsUser'),
    runAsGroup: readId(fields, 'runAsGroup'),
    // A false one overrides the pod's.
    runAsNonRoot: fields.boolean('runAsNonRoot'),
    privileged: fields.boolean('privileged') || undefined,
    allowPrivilegeEscalation: fields.boolean('allowPrivilegeEscalation'),
    readOnlyRootFilesystem: fields.boolean('readOnlyRootFilesystem') || undefined,
    capabilities: readCapabilities(fields),
    procMount: readProcMount(fields, hostUsers),
    seccompProfile: readSeccompProfile(fields),
    appArmorProfile: readAppArmorProfile(fields),
    seLinuxOptions: readSeLinuxOptions(fields),
  });
  checkEscalation(fields, security);
  return unlessEmpty(security);
}

function readCapabilities(owner: Fields): ContainerSecurityContext['capabilities'] {
  const fields = owner.object('capabilities', shapeOf('V1Capabilities'));
  if (fields === undefined) return undefined;
  const add = unlessEmpty(fields.strings('add'));
  const drop = unlessEmpty(fields.strings('drop'));
  return unlessEmpty(present({ add, drop }));
}

/** Without a user namespace an unmasked /proc would be the machine's. */
function readProcMount(fields: Fields, hostUsers: boolean): 'Unmasked' | undefined {
  const procMount = fields.word('procMount', ['Default', 'Unmasked']);
  if (procMount !== 'Unmasked') return undefined;
  if (hostUsers) {
    fields.reportInvalid('procMount', procMount, ['`hostUsers` must be false to use `Unmasked`']);
  }
  return procMount;
}

/** As in Kubernetes only the name with its prefix is caught: `SYS_ADMIN` passes. */
function checkEscalation(
  fields: Fields,
  { allowPrivilegeEscalation, privileged, capabilities }: ContainerSecurityContext,
): void {
  if (allowPrivilegeEscalation !== false) return;
  const refuse = (what: string): void =>
    fields.report(
      'allowPrivilegeEscalation',
      `Invalid value: false: cannot set \`allowPrivilegeEscalation\` to false and ${what}`,
    );
  if (privileged) refuse('`privileged` to true');
  if (capabilities?.add?.includes('CAP_SYS_ADMIN')) refuse('`capabilities.Add` CAP_SYS_ADMIN');
}
