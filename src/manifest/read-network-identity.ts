import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type HostAlias,
  ipErrors,
  type PodSpec,
} from '../pod/index.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { present, unlessEmpty } from './present.ts';

/** The longest name that the kernel takes. */
const MAX_HOSTNAME_BYTES = 64;

type NetworkIdentity = Pick<
  PodSpec,
  'hostname' | 'subdomain' | 'setHostnameAsFQDN' | 'hostnameOverride' | 'hostAliases'
>;

/** Reads how a pod is called, and whom it knows by which name. */
export function readNetworkIdentity(spec: Fields, hostNetwork: boolean): NetworkIdentity {
  const setHostnameAsFQDN = spec.boolean('setHostnameAsFQDN') || undefined;
  return present({
    hostname: readLabel(spec, 'hostname'),
    subdomain: readLabel(spec, 'subdomain'),
    setHostnameAsFQDN,
    hostnameOverride: readOverride(spec, { hostNetwork, setHostnameAsFQDN }),
    hostAliases: unlessEmpty(readHostAliases(spec)),
  });
}

function readLabel(spec: Fields, name: 'hostname' | 'subdomain'): string | undefined {
  const label = spec.text(name);
  if (label !== undefined) spec.reportInvalid(name, label, dns1123LabelErrors(label));
  return label;
}

/** The name that the kernel is given, in place of all others; where there is another say in it the two would contradict. */
function readOverride(
  spec: Fields,
  others: Readonly<Record<'hostNetwork' | 'setHostnameAsFQDN', boolean | undefined>>,
): string | undefined {
  const override = spec.text('hostnameOverride');
  if (override === undefined) return undefined;
  spec.reportInvalid('hostnameOverride', override, dns1123SubdomainErrors(override));
  if (Buffer.byteLength(override) > MAX_HOSTNAME_BYTES) {
    spec.report('hostnameOverride', `Too long: may not be more than ${MAX_HOSTNAME_BYTES} bytes`);
  }
  for (const [name, isSet] of Object.entries(others)) {
    if (isSet) spec.report('hostnameOverride', `Forbidden: may not be specified when \`${name}\` is true`);
  }
  return override;
}

function readHostAliases(spec: Fields): HostAlias[] {
  return spec.objects('hostAliases', shapeOf('V1HostAlias')).map((fields) => {
    const ip = fields.requiredText('ip') ?? '';
    if (ip !== '') fields.reportInvalid('ip', ip, ipErrors(ip));
    const hostnames = fields.strings('hostnames');
    fields.reportInvalidItems('hostnames', hostnames, dns1123SubdomainErrors);
    return { ip, hostnames };
  });
}
