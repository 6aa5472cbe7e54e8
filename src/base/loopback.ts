import { isIPv4 } from 'node:net';

/** Whether a name or an address, IPv6 with or without brackets, is one of this machine for itself alone. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return bare === 'localhost' || bare === '::1' || (isIPv4(bare) && bare.startsWith('127.'));
}
