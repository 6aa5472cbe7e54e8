import { networkInterfaces } from 'node:os';
import { isLoopback, isUnspecified } from '../base/index.ts';
import type { Interfaces } from './host-addresses.ts';

/**
 * Whether who connects to that host, IPv6 with or without brackets, gets to this machine and no other: its loopback, no address in
 * particular, or one of an interface. A name other than localhost is none: where it leads is for somebody else's DNS to say.
 */
export function isOwnAddress(host: string, interfaces: Interfaces = networkInterfaces()): boolean {
  if (isLoopback(host) || isUnspecified(host)) return true;
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return Object.values(interfaces).some((infos) => infos?.some(({ address }) => address === bare));
}
