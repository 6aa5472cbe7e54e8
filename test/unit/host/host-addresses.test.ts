import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { hostAddresses, type Interfaces } from '../../../src/host/host-addresses.ts';

const HEADER4 = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';

function route4(
  device: string,
  changes: { destination?: string; flags?: string; metric?: number } = {},
): string {
  const { destination = '00000000', flags = '0003', metric = 0 } = changes;
  const mask = destination === '00000000' ? '00000000' : '00FFFFFF';
  return `${device}\t${destination}\t0100000A\t${flags}\t0\t0\t${metric}\t${mask}\t0\t0\t0   \n`;
}

function route6(device: string, changes: { length?: string; flags?: string; metric?: string } = {}): string {
  const { length = '00', flags = '00000003', metric = '00000400' } = changes;
  const [none, counters] = ['0'.repeat(32), '00000001 00000000'];
  return `${none} ${length} ${none} 00 fd${'0'.repeat(29)}1 ${metric} ${counters} ${flags}     ${device}\n`;
}

function address(text: string): NetworkInterfaceInfo {
  const internal = text.startsWith('127.') || text === '::1';
  const common = { address: text, netmask: '', mac: '', internal, cidr: null };
  return text.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
}

const interfaces: Interfaces = {
  lo: ['127.0.0.1', '::1'].map(address),
  bridge: ['10.88.0.1'].map(address),
  eth0: ['169.254.1.1', '10.0.0.5', '10.0.0.6', 'fe80::1', 'fd00::5'].map(address),
  eth1: ['192.0.2.7', 'fd01::7'].map(address),
};

test.each<[string, string, string, readonly string[]]>([
  ['one device for both families', route4('eth0'), route6('eth0'), ['10.0.0.5', 'fd00::5']],
  ['a device for each', route4('eth1'), route6('eth0'), ['192.0.2.7', 'fd00::5']],
  [
    'the lower metric wins',
    route4('eth0', { metric: 200 }) + route4('eth1', { metric: 100 }),
    route6('eth0'),
    ['192.0.2.7', 'fd00::5'],
  ],
  ['of equal metrics the first', route4('eth1') + route4('eth0'), route6('eth1'), ['192.0.2.7', 'fd01::7']],
  [
    'metrics of IPv6 are hex',
    route4('eth0'),
    route6('eth0', { metric: '00000010' }) + route6('eth1', { metric: '0000000f' }),
    ['10.0.0.5', 'fd01::7'],
  ],
  [
    'only IPv6 has a default route: it comes first',
    route4('eth1', { destination: '000200C0' }),
    route6('eth1'),
    ['fd01::7', '10.88.0.1'],
  ],
  [
    'a route that is down does not count',
    route4('eth0', { flags: '0002' }) + route4('eth1'),
    route6('eth1'),
    ['192.0.2.7', 'fd01::7'],
  ],
  [
    'nor one that refuses, nor one on loopback',
    route4('eth1'),
    route6('eth0', { flags: '00200200' }) + route6('lo') + route6('eth1'),
    ['192.0.2.7', 'fd01::7'],
  ],
  [
    'nor one to a part of the net',
    route4('eth0', { destination: '0002000A' }) + route4('eth1'),
    route6('eth0', { length: '40' }),
    ['192.0.2.7', 'fd00::5'],
  ],
  ['no routes: the first address that others may know', '', '', ['10.88.0.1', 'fd00::5']],
])('%s', (_, ipv4, ipv6, expected) => {
  expect(hostAddresses({ ipv4: HEADER4 + ipv4, ipv6 }, interfaces)).toEqual(expected);
});

test('a machine that only knows itself has none', () => {
  expect(hostAddresses({ ipv4: HEADER4, ipv6: '' }, { lo: ['127.0.0.1', '::1'].map(address) })).toEqual([]);
});
