/** An IPv4 network as numbers: the address with its host bits zero, and the prefix length. */
export interface Ipv4Network {
  readonly address: number;
  readonly prefix: number;
}

export interface Route {
  readonly device: string;
  readonly network: Ipv4Network;
}

/** 10.192.0.0/11, away from what Docker, Podman, k3s, flannel and Kubernetes' services take by default. */
const POOL: Ipv4Network = { address: 10 * 2 ** 24 + 192 * 2 ** 16, prefix: 11 };
const SUBNET_PREFIX = 24;
const SUBNET_COUNT = 2 ** (SUBNET_PREFIX - POOL.prefix);

/**
 * The /24 for a bridge: `seed` (any non-negative integer) picks one of the pool, and the next free one is taken when a
 * route goes there already. Undefined when the whole pool is routed elsewhere. Default routes do not count.
 */
export function chooseSubnet(seed: number, routes: readonly Route[]): string | undefined {
  const taken = routes.map((route) => route.network).filter((network) => network.prefix > 0);
  for (let offset = 0; offset < SUBNET_COUNT; offset += 1) {
    const index = (seed + offset) % SUBNET_COUNT;
    const candidate = { address: POOL.address + index * 2 ** (32 - SUBNET_PREFIX), prefix: SUBNET_PREFIX };
    if (!taken.some((network) => overlaps(network, candidate))) return formatNetwork(candidate);
  }
  return undefined;
}

/** The routes of /proc/net/route: a table with a header, addresses in hexadecimal with the lowest byte first. */
export function parseRoutes(table: string): readonly Route[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([device, destination, , , , , , mask]) => {
      if (device === undefined || destination === undefined || mask === undefined) return [];
      const prefix = 32 - Math.log2(2 ** 32 - swapBytes(mask));
      return [{ device, network: { address: swapBytes(destination), prefix } }];
    });
}

export interface NetworkFacts {
  readonly bridge: string;
  readonly subnet: string;
  readonly leaseDir: string;
}

/**
 * The CNI network: a bridge with masquerading, leases beside the runtime's state, host ports with the source translation
 * that makes them answer on 127.0.0.1 too. Its name is the bridge's, so that netfilter rules tell whose they are.
 */
export function cniNetwork({ bridge, subnet, leaseDir }: NetworkFacts): string {
  const ipam = {
    type: 'host-local',
    dataDir: leaseDir,
    ranges: [[{ subnet }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  const plugins = [
    { type: 'bridge', bridge, isGateway: true, ipMasq: true, hairpinMode: true, ipam },
    { type: 'portmap', capabilities: { portMappings: true }, snat: true },
  ];
  return `${JSON.stringify({ cniVersion: '0.4.0', name: bridge, plugins }, undefined, 2)}\n`;
}

/** The subnet of a network written by `cniNetwork`, or undefined when it is something else. */
export function subnetOf(conflist: string): string | undefined {
  return /"subnet":\s*"([0-9./]+)"/.exec(conflist)?.[1];
}

export function parseNetwork(cidr: string): Ipv4Network | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  return { address: a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d, prefix };
}

export function overlaps(one: Ipv4Network, other: Ipv4Network): boolean {
  const size = 2 ** (32 - Math.min(one.prefix, other.prefix));
  return Math.floor(one.address / size) === Math.floor(other.address / size);
}

function formatNetwork({ address, prefix }: Ipv4Network): string {
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256);
  return `${bytes.join('.')}/${prefix}`;
}

function swapBytes(hex: string): number {
  return Buffer.from(hex.padStart(8, '0'), 'hex').readUInt32LE();
}
