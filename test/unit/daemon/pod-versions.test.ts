import { expect, test } from 'vitest';
import { podVersions } from '../../../src/daemon/pod-versions.ts';
import {
  annotation,
  containerHash,
  type ObservedContainer,
  type Pod,
  sandboxHash,
} from '../../../src/pod/index.ts';
import type { PodView } from '../../../src/store/index.ts';
import { makePod, makeRecord, uid } from '../plan/base.ts';

const [before, after] = [makePod(), makePod({ app: { image: 'other' } })];

/** A container as the version made it. */
function made(pod: Pod, name: string): ObservedContainer {
  const container = pod.spec.containers.find((each) => each.name === name);
  if (container === undefined) throw new Error(`no container ${name}`);
  const hashes = {
    [annotation.containerHash]: containerHash(container, pod),
    [annotation.sandboxHash]: sandboxHash(pod),
  };
  return { id: name, name, annotations: hashes, createdAtMs: 5 } as unknown as ObservedContainer;
}

function versions(wanted: Pod, recorded: Pod, containers: readonly ObservedContainer[]) {
  const view = { uid, pod: wanted, record: makeRecord({ pod: recorded }) } as unknown as PodView;
  return podVersions({
    looks: () => ({ begun: 4, inForce: 3 }),
    pods: () => [view],
    container: (id) => containers.find((each) => each.id === id),
  });
}

test.each<[string, ReturnType<typeof versions>, boolean]>([
  ['all of it runs', versions(after, after, [made(after, 'app'), made(after, 'log')]), true],
  ['one is of the version before', versions(after, after, [made(before, 'app'), made(after, 'log')]), false],
  ['it is not taken up yet', versions(after, before, [made(before, 'app'), made(before, 'log')]), false],
  ['one is not there any more', versions(after, after, [made(after, 'app')]), false],
])('whether a version is in force: %s', (_, asked, expected) => {
  expect(asked.isInForce(uid, ['app', 'log'])).toBe(expected);
  expect(asked.isInForce('another', [])).toBe(false);
});

test('a look that was under way when something was written may have missed it', () => {
  const asked = versions(after, after, [made(after, 'app')]);
  expect([asked.mark(), asked.isFound(2), asked.isFound(3), asked.isFound(asked.mark())]).toEqual([
    4,
    true,
    false,
    false,
  ]);
  expect([asked.createdAtMs('app'), asked.createdAtMs('gone')]).toEqual([5, undefined]);
});
