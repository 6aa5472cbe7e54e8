import { expect, test } from 'vitest';
import { asContainerId, newestFirst, podKey } from '../../../src/pod/index.ts';
import { makeInstance } from '../plan/base.ts';

test('newest first: by attempt, then creation, then id (kubelet: podSandboxByCreated)', () => {
  const made = (id: string, attempt: number, createdAtMs: number) =>
    makeInstance('app', { id: asContainerId(id), attempt, createdAtMs });
  const expected = [made('a', 2, 1), made('b', 1, 9), made('c', 1, 5), made('d', 1, 5), made('e', 0, 99)];
  for (const order of [expected, expected.toReversed()])
    expect([...order].sort(newestFirst)).toEqual(expected);
});

test('a key names a pod by namespace and name', () => {
  expect(podKey({ namespace: 'prod', name: 'web' })).toBe('prod/web');
});
