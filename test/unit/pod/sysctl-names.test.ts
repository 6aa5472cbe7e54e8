import { expect, test } from 'vitest';
import { dottedSysctl, sysctlNameErrors, sysctlNamespace } from '../../../src/pod/index.ts';

test.each([
  ['net.ipv4.ip_forward', 'net.ipv4.ip_forward'],
  ['net/ipv4/ip_forward', 'net.ipv4.ip_forward'],
  // A dot within a part
  ['net.ipv4.conf.eno2/100.rp_filter', 'net.ipv4.conf.eno2/100.rp_filter'],
  ['net/ipv4/conf/eno2.100/rp_filter', 'net.ipv4.conf.eno2/100.rp_filter'],
  ['kernel', 'kernel'],
  ['', ''],
])('%s is %s', (name, dotted) => {
  expect(dottedSysctl(name)).toBe(dotted);
  expect(dottedSysctl(dotted)).toBe(dotted);
});

test.each<[string, string | undefined]>([
  ['net.core.somaxconn', 'net'],
  ['net/core/somaxconn', 'net'],
  ['network.x', undefined],
  ['kernel.shm_rmid_forced', 'ipc'],
  ['kernel/msgmni', 'ipc'],
  ['kernel.sem', 'ipc'],
  ['kernel.sem_next_id', undefined],
  ['fs.mqueue.queues_max', 'ipc'],
  ['fs.mqueue', undefined],
  ['vm.swappiness', undefined],
  ['', undefined],
])('%s belongs to %s', (name, namespace) => {
  expect(sysctlNamespace(name)).toBe(namespace);
});

test.each(['a', 'net.ipv4.tcp_syncookies', 'a/b', 'a.b/c', 'a-b_c.0', 'a'.repeat(253)])(
  '%s is a name',
  (name) => {
    expect(sysctlNameErrors(name)).toEqual([]);
  },
);

test.each([
  '',
  '.',
  '/',
  'a.',
  '.a',
  'a..b',
  'a//b',
  '../a',
  'A',
  'a b',
  '-a',
  'a_',
  'a=1',
  'a\n',
  'a*',
  'a'.repeat(254),
])('%j is none', (name) => {
  expect(sysctlNameErrors(name)).toEqual([
    String.raw`must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$`,
  ]);
});
