import { isIPv4 } from 'node:net';

/** Whether a name or an address, IPv6 with or without brackets, is one of this machine for itself alone. */
export function isLoopback(host: string): boolean {
  const bare = withoutBrackets(host);
  return bare === 'localhost' || bare === '::1' || (isIPv4(bare) && bare.startsWith('127.'));
}

/** Whether an address, IPv6 with or without brackets, is none in particular: who listens there listens on all of the machine's. */
export function isUnspecified(host: string): boolean {
  const bare = withoutBrackets(host);
  return bare === '0.0.0.0' || bare === '::';
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
