import { describe, expect, test } from 'vitest';
import { asPodUid, type ContainerPort, noObjects, type Pod } from '../../../src/pod/index.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import { findTargets, type TargetsInput } from '../../../src/targets/index.ts';
import { makePod, makeRecord, makeSandbox, nowMs } from '../plan/base.ts';
import { goodFile, manifestsOf } from './manifests.ts';

function podOn(name: string, ...ports: Partial<ContainerPort>[]): Pod {
  const full = ports.map((port): ContainerPort => ({ containerPort: 80, protocol: 'TCP', ...port }));
  return makePod({ metadata: { name }, app: { ports: full } });
}

function recordOf(pod: Pod, changes: Partial<PodRecord> = {}): PodRecord {
  return makeRecord({
    uid: asPodUid(`uid-${pod.metadata.name}`),
    file: `/m/${pod.metadata.name}.yaml`,
    pod,
    ...changes,
  });
}

function sandboxOf(pod: Pod, state: 'ready' | 'not-ready' = 'ready') {
  return makeSandbox({ uid: asPodUid(`uid-${pod.metadata.name}`), state }, pod);
}

const base: Omit<TargetsInput, 'manifests'> = {
  records: [],
  own: [],
  foreign: [],
  usedBy: () => noObjects,
  newUid: (key) => asPodUid(`uid-${key.split('/')[1]}`),
};

/** Who waits, with the message, by pod name. */
function waiting(pods: readonly Pod[], changes: Partial<TargetsInput> = {}): Record<string, string> {
  const { targets } = findTargets({
    ...base,
    manifests: manifestsOf(...pods.map((pod) => goodFile(`/m/${pod.metadata.name}.yaml`, pod))),
    ...changes,
  });
  const blocked = [...targets.values()].flatMap((target) =>
    target.kind === 'run' && target.blocked !== undefined
      ? [[target.pod.metadata.name, target.blocked] as const]
      : [],
  );
  expect(blocked.map(([, wait]) => wait.reason)).toEqual(blocked.map(() => 'HostPortConflict'));
  return Object.fromEntries(blocked.map(([name, wait]) => [name, wait.message]));
}

const clash = 'pod "default/b" wants host port 8080/TCP, which pod "default/a" has';
const a = podOn('a', { hostPort: 8080 });
const b = podOn('b', { hostPort: 8080 });

test('of two new pods the first has the port; the other waits and both are named', () => {
  expect(waiting([a, b])).toEqual({ b: clash });
});

test('a pod that has a sandbox keeps its port against one that comes first in order', () => {
  expect(waiting([a, b], { records: [recordOf(b)], own: [sandboxOf(b)] })).toEqual({
    a: 'pod "default/a" wants host port 8080/TCP, which pod "default/b" has',
  });
});

test('a dead sandbox holds no port', () => {
  expect(waiting([a, b], { records: [recordOf(b)], own: [sandboxOf(b, 'not-ready')] })).toEqual({ b: clash });
});

test('a pod that is being removed holds its port until its sandbox is gone', () => {
  const record = recordOf(a, { deletionStartedAtMs: nowMs });
  expect(waiting([b], { records: [record], own: [sandboxOf(a)] })).toEqual({ b: clash });
  expect(waiting([b], { records: [record], own: [] })).toEqual({});
});

test('an edit cannot take a held port, and gives up none that its running sandbox holds', () => {
  const moved = podOn('a', { hostPort: 9090 });
  const records = [recordOf(a), recordOf(podOn('c', { hostPort: 9090 }))];
  const own = [sandboxOf(a), sandboxOf(podOn('c', { hostPort: 9090 }))];
  expect(waiting([moved, b, podOn('c', { hostPort: 9090 })], { records, own })).toEqual({
    a: 'pod "default/a" wants host port 9090/TCP, which pod "default/c" has',
    b: clash,
  });
});

test('a port that an edit asks for is free as long as the edit is not in force', () => {
  const moved = podOn('a', { hostPort: 9090 });
  const records = [recordOf(a)];
  expect(waiting([moved], { records, own: [sandboxOf(a)] })).toEqual({});
  expect(waiting([moved, podOn('b', { hostPort: 9090 })], { records, own: [sandboxOf(a)] })).toEqual({
    a: 'pod "default/a" wants host port 9090/TCP, which pod "default/b" has',
  });
});

test('the port of the version in force is held, also without a sandbox; that of the wanted one is not', () => {
  const moved = podOn('a', { hostPort: 9090 });
  expect(waiting([moved, b, podOn('c', { hostPort: 9090 })], { records: [recordOf(a)] })).toEqual({
    a: 'pod "default/a" wants host port 9090/TCP, which pod "default/c" has',
    b: clash,
  });
});

test('a version that is on record waits for its own port, not for that of the wanted one', () => {
  const moved = podOn('a', { hostPort: 9090 });
  const { targets } = findTargets({
    ...base,
    manifests: manifestsOf(goodFile('/m/a.yaml', moved), goodFile('/m/b.yaml', b)),
    records: [recordOf(a), recordOf(b)],
    own: [sandboxOf(b)],
  });
  const [first] = targets.values();
  const message = 'pod "default/a" wants host port 8080/TCP, which pod "default/b" has';
  expect(first).toEqual({
    ...{ kind: 'run', uid: 'uid-a', pod: moved, file: '/m/a.yaml', stale: false, uses: noObjects },
    standing: { pod: a, uses: noObjects, blocked: { reason: 'HostPortConflict', message } },
  });
});

test('a sandbox that is being replaced holds the port it was made with, whatever is on record by now', () => {
  const moved = podOn('a', { hostPort: 9090 });
  expect(waiting([moved, b], { records: [recordOf(moved)], own: [sandboxOf(a)] })).toEqual({ b: clash });
});

test('a sandbox that does not tell its ports has those on record', () => {
  const silent = { ...sandboxOf(podOn('a')), annotations: {} };
  expect(waiting([a, b], { records: [recordOf(a)], own: [silent] })).toEqual({ b: clash });
});

test('a sandbox in the making holds its port, before it is listed or recorded and whatever the order', () => {
  const making = new Map([[asPodUid('uid-b'), [b]]]);
  const waits = { a: 'pod "default/a" wants host port 8080/TCP, which pod "default/b" has' };
  expect(waiting([a, b], { records: [recordOf(b)], making })).toEqual(waits);
  expect(waiting([a], { making })).toEqual(waits);
});

test('a pod that has run to its end holds no port', () => {
  expect(waiting([a, b], { records: [recordOf(a)], finished: new Map([[a, noObjects]]) })).toEqual({});
});

test('a pod that has run to its end holds its port again when its objects change: it may begin anew', () => {
  const before = { ...noObjects };
  expect(waiting([a, b], { records: [recordOf(a)], finished: new Map([[a, before]]) })).toEqual({ b: clash });
});

test('a pod that may not run for another reason holds no port', () => {
  const foreign = [{ ...sandboxOf(podOn('a')), uid: asPodUid('theirs') }];
  const manifests = manifestsOf(goodFile('/m/a.yaml', a), goodFile('/m/b.yaml', b));
  const { targets } = findTargets({ ...base, manifests, foreign });
  const blocked = [...targets.values()].map((target) => target.kind === 'run' && target.blocked?.reason);
  expect(blocked).toEqual(['PodNameInUse', undefined]);
});

test('a pod does not conflict with itself', () => {
  const records = [recordOf(a)];
  expect(waiting([a], { records, own: [sandboxOf(a)] })).toEqual({});
});

test('a waiting pod holds nothing: a third one may have its other port', () => {
  const greedy = podOn('b', { hostPort: 8080 }, { hostPort: 9090, containerPort: 90 });
  expect(waiting([a, greedy, podOn('c', { hostPort: 9090 })])).toEqual({ b: clash });
});

describe('what is one port', () => {
  test.each<[string, Partial<ContainerPort>, Partial<ContainerPort>, boolean]>([
    ['other numbers', { hostPort: 1 }, { hostPort: 2 }, false],
    ['other protocols', { hostPort: 1 }, { hostPort: 1, protocol: 'UDP' }, false],
    ['other addresses', { hostPort: 1, hostIP: '10.0.0.1' }, { hostPort: 1, hostIP: '10.0.0.2' }, false],
    ['one address', { hostPort: 1, hostIP: '10.0.0.1' }, { hostPort: 1, hostIP: '10.0.0.1' }, true],
    ['all addresses and one', { hostPort: 1 }, { hostPort: 1, hostIP: '10.0.0.1' }, true],
    [
      'one address and 0.0.0.0',
      { hostPort: 1, hostIP: '10.0.0.1' },
      { hostPort: 1, hostIP: '0.0.0.0' },
      true,
    ],
    ['one address and ::', { hostPort: 1, hostIP: 'fd00::1' }, { hostPort: 1, hostIP: '::' }, true],
    ['no host port', {}, {}, false],
  ])('%s: %j and %j', (_case, first, second, conflict) => {
    const names = Object.keys(waiting([podOn('a', first), podOn('b', second)]));
    expect(names).toEqual(conflict ? ['b'] : []);
  });

  test('the message has the address that is asked for', () => {
    const on = podOn('b', { hostPort: 8080, hostIP: '127.0.0.1', protocol: 'UDP' });
    expect(waiting([podOn('a', { hostPort: 8080, protocol: 'UDP' }), on])).toEqual({
      b: 'pod "default/b" wants host port 127.0.0.1:8080/UDP, which pod "default/a" has',
    });
  });
});

test('a pod on the host network holds what it declares', () => {
  const host = podOn('a', { containerPort: 8080, hostPort: 8080 });
  const onHost = { ...host, spec: { ...host.spec, hostNetwork: true } };
  expect(waiting([onHost, b])).toEqual({ b: clash });
});
