import { describe, expect, it } from 'vitest';
import {
  chooseSubnet,
  cniNetwork,
  overlaps,
  parseNetwork,
  parseRoutes,
  subnetOf,
} from '../../../src/standalone/network.ts';

const network = (cidr: string) => parseNetwork(cidr) ?? { address: -1, prefix: -1 };
const route = (cidr: string, device = 'eth0') => ({ device, network: network(cidr) });

describe('chooseSubnet', () => {
  it('takes the one the seed names, and wraps around', () => {
    expect(chooseSubnet(0, [])).toBe('10.192.0.0/24');
    expect(chooseSubnet(8191, [])).toBe('10.223.255.0/24');
    expect(chooseSubnet(8192 + 5, [])).toBe('10.192.5.0/24');
  });

  it.each([
    ['the same network', ['10.192.0.0/24'], '10.192.1.0/24'],
    ['a wider one', ['10.192.0.0/16'], '10.193.0.0/24'],
    ['a narrower one inside', ['10.192.0.128/25', '10.192.1.7/32'], '10.192.2.0/24'],
    ['a default route, which does not count', ['0.0.0.0/0'], '10.192.0.0/24'],
    ['the two halves of a default route', ['0.0.0.0/1', '128.0.0.0/1'], undefined],
    ['neighbours', ['10.191.255.0/24', '10.192.1.0/24'], '10.192.0.0/24'],
  ])('steps past %s', (_, taken, expected) => {
    expect(
      chooseSubnet(
        0,
        taken.map((cidr) => route(cidr)),
      ),
    ).toBe(expected);
  });
});

describe('parseRoutes', () => {
  it('reads the kernel table', () => {
    const table = [
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
      'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
      'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
      'tun0\t0101A8C0\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0',
      '',
    ].join('\n');
    expect(parseRoutes(table)).toEqual([
      route('0.0.0.0/0'),
      route('192.0.2.0/24'),
      route('192.168.1.1/32', 'tun0'),
    ]);
    expect(parseRoutes('')).toEqual([]);
  });
});

describe('overlaps', () => {
  it.each([
    ['10.0.0.0/8', '10.192.3.0/24', true],
    ['10.192.3.0/24', '10.0.0.0/8', true],
    ['10.192.3.0/24', '10.192.4.0/24', false],
    ['0.0.0.0/0', '255.255.255.255/32', true],
    ['192.168.0.0/16', '192.169.0.0/16', false],
  ])('%s and %s: %s', (one, other, expected) => {
    expect(overlaps(network(one), network(other))).toBe(expected);
  });
});

describe('cniNetwork', () => {
  const conflist = cniNetwork({
    bridge: 'tl-0badcafe',
    subnet: '10.192.7.0/24',
    leaseDir: '/r/state/cni-leases',
  });

  it('is named after its bridge, keeps leases with the state, and opens host ports', () => {
    expect(JSON.parse(conflist)).toMatchObject({
      name: 'tl-0badcafe',
      plugins: [
        { type: 'bridge', bridge: 'tl-0badcafe', ipam: { dataDir: '/r/state/cni-leases' } },
        { type: 'portmap', capabilities: { portMappings: true }, snat: true },
      ],
    });
  });

  it('tells its subnet again', () => {
    expect(subnetOf(conflist)).toBe('10.192.7.0/24');
    expect(subnetOf('{}')).toBeUndefined();
    expect(parseNetwork('10.192.7.0')).toBeUndefined();
  });
});
