import { expect, test } from 'vitest';
import { portOf } from '../../../src/net/port-of.ts';

const ports = [
  { containerPort: 53, protocol: 'UDP' },
  { name: 'web', containerPort: 8080, protocol: 'TCP' },
] as const;

test.each([
  [80, 80],
  ['web', 8080],
  ['80', 80],
  ['other', undefined],
  [0, undefined],
  [65_536, undefined],
  ['', undefined],
  [1.5, undefined],
])('%j is %j', (port, expected) => {
  expect(portOf(port, ports)).toBe(expected);
});
