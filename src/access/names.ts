import { isIP } from 'node:net';
import { isUnspecified } from '../base/index.ts';

/** What clients may call this node: in the certificate, and in the `Host` of a request. */
export interface Names {
  readonly dns: readonly string[];
  readonly addresses: readonly string[];
}

/** The names of this machine for itself, of the node, of the address that is listened on where it is one, and what is configured. */
export function namesOf(given: {
  readonly host: string;
  readonly nodeName: string;
  readonly extra: readonly string[];
}): Names {
  const { host, nodeName, extra } = given;
  const all = ['127.0.0.1', '::1', 'localhost', nodeName, host, ...extra];
  const usable = [...new Set(all.map((name) => name.toLowerCase()))].filter((name) => !isUnspecified(name));
  return {
    addresses: usable.filter((name) => isIP(name) !== 0),
    // A host may be called what no certificate can say.
    dns: usable.filter((name) => isIP(name) === 0 && isDnsName(name)),
  };
}

export function isDnsName(name: string): boolean {
  return (
    name.length <= 253 && name.split('.').every((part) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/i.test(part))
  );
}
