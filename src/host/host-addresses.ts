import type { NetworkInterfaceInfo } from 'node:os';

export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** The machine's routes as the kernel shows them: /proc/net/route and /proc/net/ipv6_route. */
export interface Routes {
  readonly ipv4: string;
  readonly ipv6: string;
}

const FLAG_UP = 0x1;
const FLAG_REJECT = 0x200;

/**
 * The addresses this machine is reached at: one of each family, as Kubernetes' status.hostIPs has them. They are those of the devices
 * the default routes go through; IPv4 comes first unless only IPv6 has such a route. Where no route says which, any address that is
 * neither loopback nor link-local serves.
 */
export function hostAddresses(routes: Routes, interfaces: Interfaces): readonly string[] {
  const [device4, device6] = [defaultDevice4(routes.ipv4), defaultDevice6(routes.ipv6)];
  const address4 = addressOf(interfaces, 'IPv4', device4);
  const address6 = addressOf(interfaces, 'IPv6', device6);
  const found = device4 === undefined && device6 !== undefined ? [address6, address4] : [address4, address6];
  return found.filter((address) => address !== undefined);
}

function addressOf(
  interfaces: Interfaces,
  family: 'IPv4' | 'IPv6',
  device: string | undefined,
): string | undefined {
  const all = device === undefined ? Object.values(interfaces).flat() : interfaces[device];
  return all?.find((info) => info?.family === family && !info.internal && !isLinkLocal(info.address))
    ?.address;
}

function isLinkLocal(address: string): boolean {
  return address.startsWith('169.254.') || /^fe[89ab]/i.test(address);
}

interface DefaultRoute {
  readonly device: string;
  readonly metric: number;
}

/** Columns: device, destination, gateway, flags, two counters, metric, mask; the metric is decimal. */
function defaultDevice4(table: string): string | undefined {
  return best(
    table.split('\n').flatMap((line): DefaultRoute[] => {
      const [device = '', destination, , flags = '', , , metric, mask] = line.trim().split(/\s+/);
      const isDefault = destination === '00000000' && mask === '00000000';
      return isDefault && isUsable(flags) ? [{ device, metric: Number(metric) }] : [];
    }),
  );
}

/** Columns: destination and its length, source and its length, next hop, metric, two counters, flags, device; all in hex. */
function defaultDevice6(table: string): string | undefined {
  return best(
    table.split('\n').flatMap((line): DefaultRoute[] => {
      const [, length, , , , metric = '', , , flags = '', device = ''] = line.trim().split(/\s+/);
      if (length !== '00' || device === 'lo' || !isUsable(flags)) return [];
      return [{ device, metric: Number.parseInt(metric, 16) }];
    }),
  );
}

function isUsable(flags: string): boolean {
  const bits = Number.parseInt(flags, 16);
  return (bits & FLAG_UP) !== 0 && (bits & FLAG_REJECT) === 0;
}

/** Of equal metrics the first, as the kernel takes it. */
function best(routes: readonly DefaultRoute[]): string | undefined {
  return routes.toSorted((a, b) => a.metric - b.metric)[0]?.device;
}
