import { expect, test } from 'vitest';
import { isOwnAddress } from '../../../src/host/index.ts';

const device = { netmask: '', mac: '', internal: false, cidr: null };
const interfaces = {
  eth0: [
    { ...device, address: '192.0.2.10', family: 'IPv4' as const },
    { ...device, address: '2001:db8::10', family: 'IPv6' as const, scopeid: 0 },
  ],
};

test.each([
  '127.0.0.1',
  '127.8.8.8',
  'localhost',
  '[::1]',
  '0.0.0.0',
  '[::]',
  '192.0.2.10',
  '[2001:db8::10]',
  '2001:db8::10',
])('%s leads to this machine', (host) => {
  expect(isOwnAddress(host, interfaces)).toBe(true);
});

test.each(['192.0.2.11', '[2001:db8::11]', '169.254.169.254', 'eth0', 'runtime.example.org', ''])(
  '%j does not',
  (host) => {
    expect(isOwnAddress(host, interfaces)).toBe(false);
  },
);
