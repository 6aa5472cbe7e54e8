import type { Pod } from '../pod/index.ts';

/** Longest name of one label, and of a whole hostname, in bytes. */
const LABEL_LIMIT = 63;
const HOSTNAME_LIMIT = 64;

export interface PodHostname {
  /** The pod's name for itself, in /etc/hosts. */
  readonly name: string;
  /** `<subdomain>.<namespace>.svc.<cluster domain>`; empty where there is none. */
  readonly domain: string;
  /** What the kernel is told. */
  readonly kernel: string;
}

/** Who a pod is by name (kubelet: GeneratePodHostNameAndDomain, GetNodenameForKernel). */
export function podHostname({ metadata, spec }: Pod, clusterDomain: string): PodHostname {
  const { hostname, subdomain, hostnameOverride: override } = spec;
  if (override !== undefined) return { name: override, domain: '', kernel: override };
  const name = (hostname ?? metadata.name).slice(0, LABEL_LIMIT).replace(/[-.]+$/, '');
  const domain = subdomain === undefined ? '' : `${subdomain}.${metadata.namespace}.svc.${clusterDomain}`;
  const kernel = spec.setHostnameAsFQDN === true && domain !== '' ? `${name}.${domain}` : name;
  return { name, domain, kernel };
}

/** What is wrong with a name the kernel cannot take, in the kubelet's words. */
export function hostnameProblem({ kernel }: PodHostname): string | undefined {
  if (kernel.length <= HOSTNAME_LIMIT) return undefined;
  return (
    `failed to construct FQDN from pod hostname and cluster domain, FQDN ${kernel} is too long ` +
    `(${HOSTNAME_LIMIT} characters is the max, ${kernel.length} characters requested)`
  );
}
