import { describe, expect, test } from 'vitest';
import {
  asPodUid,
  type Container,
  containerHash,
  containerHashMatches,
  type Pod,
  sandboxHash,
  sandboxHashMatches,
} from '../../../src/pod/index.ts';

const base: Container = {
  name: 'app',
  image: 'app:1',
  command: ['/app'],
  args: ['-v'],
  workingDir: '/srv',
  env: [{ name: 'A', value: '1' }],
  ports: [{ containerPort: 80, hostPort: 8080, protocol: 'TCP' }],
  imagePullPolicy: 'IfNotPresent',
};

const pod: Pod = {
  metadata: { name: 'web', namespace: 'default', labels: {}, annotations: {} },
  spec: {
    containers: [base],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    hostNetwork: false,
  },
};

const withSpec = (changes: Partial<Pod['spec']>): Pod => ({ ...pod, spec: { ...pod.spec, ...changes } });
const withApp = (changes: Partial<Container>): Pod => withSpec({ containers: [{ ...base, ...changes }] });
const withPort = (changes: object): Pod =>
  withApp({ ports: base.ports.map((port) => ({ ...port, ...changes })) });

test('projection 1 is what it was: another value here would restart every container of every user', () => {
  expect(containerHash(base)).toBe('1:c52679c52b3ca3a4');
  expect(containerHash({ ...base, command: [], args: [], env: [], ports: [] })).toBe('1:8698b4df5733583c');
  expect(sandboxHash(pod)).toBe('1:228aea9022f72ae6');
  expect(sandboxHash(withSpec({ hostNetwork: true }))).toBe('1:ae0480d75d989517');
  expect(sandboxHash(withApp({ ports: [] }))).toBe('1:44136fa355b3678a');
});

describe("a container's hash", () => {
  test.each<[string, Partial<Container>]>([
    ['name', { name: 'other' }],
    ['image', { image: 'app:2' }],
    ['command', { command: ['/app', '/other'] }],
    ['args', { args: [] }],
    ['workingDir', { workingDir: '/' }],
    ['a value in env', { env: [{ name: 'A', value: '2' }] }],
    ['the order of env', { env: [{ name: 'B', value: '2' }, ...base.env] }],
  ])('changes with %s', (_field, changes) => {
    const edited = { ...base, ...changes };
    expect(containerHash(edited)).not.toBe(containerHash(base));
    expect(containerHashMatches(containerHash(base), edited)).toBe(false);
  });

  test.each<[string, Partial<Container>]>([
    ['ports', { ports: [] }],
    ['imagePullPolicy', { imagePullPolicy: 'Always' }],
  ])('does not change with %s', (_field, changes) => {
    expect(containerHash({ ...base, ...changes })).toBe(containerHash(base));
  });

  test('tells command from args', () => {
    const moved = { ...base, command: base.args, args: base.command };
    expect(containerHash(moved)).not.toBe(containerHash(base));
  });

  test('does not depend on the order in which a reader sets fields', () => {
    const turned = { ...base, env: base.env.map(({ name, value }) => ({ value, name })) };
    expect(containerHash(turned)).toBe(containerHash(base));
  });
});

describe("a sandbox's hash", () => {
  test.each<[string, Pod]>([
    ['hostNetwork', withSpec({ hostNetwork: true })],
    ['a host port', withPort({ hostPort: 9090 })],
    ['a host address', withPort({ hostIP: '127.0.0.1' })],
    ['the protocol of a host port', withPort({ protocol: 'UDP' })],
    ['where a host port leads', withPort({ containerPort: 81 })],
    ['a host port taken away', withPort({ hostPort: undefined })],
  ])('changes with %s', (_field, edited) => {
    expect(sandboxHash(edited)).not.toBe(sandboxHash(pod));
    expect(sandboxHashMatches(sandboxHash(pod), edited)).toBe(false);
  });

  test.each<[string, Pod]>([
    ['name and namespace', { ...pod, metadata: { ...pod.metadata, name: 'other', namespace: 'other' } }],
    ['uid', { ...pod, metadata: { ...pod.metadata, uid: asPodUid('u') } }],
    [
      'labels and annotations',
      { ...pod, metadata: { ...pod.metadata, labels: { a: '1' }, annotations: { a: '1' } } },
    ],
    ['restartPolicy', withSpec({ restartPolicy: 'Never' })],
    ['terminationGracePeriodSeconds', withSpec({ terminationGracePeriodSeconds: 1 })],
    ['an image', withApp({ image: 'other' })],
    [
      'a port without a host port',
      withApp({ ports: [...base.ports, { containerPort: 1, protocol: 'TCP' }] }),
    ],
    ["a port's name", withPort({ name: 'http' })],
  ])('does not change with %s', (_field, edited) => {
    expect(sandboxHash(edited)).toBe(sandboxHash(pod));
  });

  test('does not depend on which container declares a host port, nor on their order', () => {
    const second: Container = {
      ...base,
      name: 'second',
      ports: [{ containerPort: 1, hostPort: 1, protocol: 'TCP' }],
    };
    const [both, turned] = [
      [base, second],
      [second, base],
    ].map((containers) => sandboxHash(withSpec({ containers })));
    expect(both).toBe(turned);
  });

  test('ignores host ports on the host network, where the runtime maps none', () => {
    const onHost = (of: Pod): Pod => ({ ...of, spec: { ...of.spec, hostNetwork: true } });
    expect(sandboxHash(onHost(pod))).toBe(sandboxHash(onHost(withApp({ ports: [] }))));
  });
});

describe('a recorded hash', () => {
  test.each([undefined, '', '2:0000000000000000', 'toString:x', '__proto__:x'])(
    'of a version that is not known here, %s, counts as equal: what runs stays',
    (hash) => {
      expect([sandboxHashMatches(hash, pod), containerHashMatches(hash, base)]).toEqual([true, true]);
    },
  );

  test('of this version must be equal', () => {
    expect(sandboxHashMatches(sandboxHash(pod), pod)).toBe(true);
    expect(containerHashMatches(containerHash(base), base)).toBe(true);
    expect(sandboxHashMatches('1:0000000000000000', pod)).toBe(false);
    expect(containerHashMatches('1:0000000000000000', base)).toBe(false);
  });

  test('is found again after the pod went through a file', () => {
    const read: Pod = JSON.parse(JSON.stringify(pod));
    expect(sandboxHash(read)).toBe(sandboxHash(pod));
    expect(read.spec.containers.map(containerHash)).toEqual([containerHash(base)]);
  });
});
