import { expect, test } from 'vitest';
import { kubeletPodsRoutes } from '../../../src/api/routes/kubelet-pods-route.ts';
import type { JsonObject } from '../../../src/base/index.ts';
import { ask, bodyText } from './ask.ts';
import { ObjectWorld, shownPod } from './object-world.ts';

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

function worldOf(...pods: readonly JsonObject[]): ObjectWorld {
  const world = new ObjectWorld();
  for (const pod of pods) world.put('pods', pod);
  return world;
}

async function list(world: ObjectWorld, options?: { readonly masked: boolean }, path = '/pods') {
  const answer = await ask(kubeletPodsRoutes({ objects: world.store }, options), path);
  return { status: answer.status, text: await bodyText(answer), headers: answer.headers };
}

test.each(['/pods', '/pods/'])('%s is every pod with its status', async (path) => {
  const world = worldOf(
    shownPod('web'),
    shownPod('db', { status: { phase: 'Pending' } }, { namespace: 'other' }),
  );
  const { status, text, headers } = await list(world, undefined, path);
  expect([status, headers['content-type']]).toEqual([200, 'application/json']);
  const { items, ...rest } = JSON.parse(text);
  expect(rest).toEqual({ kind: 'PodList', apiVersion: 'v1', metadata: {} });
  expect(items).toMatchObject([
    { metadata: { namespace: 'default', name: 'web' }, status: { phase: 'Running' } },
    { metadata: { namespace: 'other', name: 'db' }, status: { phase: 'Pending' } },
  ]);
});

test('no pods are an empty list', async () => {
  const { text } = await list(worldOf());
  expect(JSON.parse(text)).toEqual({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [] });
});

function asking(value: string): JsonObject {
  return { httpGet: { port: 80, httpHeaders: [{ name: 'Authorization', value }] } };
}

/** With a secret in every place where authors put one, and what only looks like it. */
function secretive(name: string): JsonObject {
  const env = [
    { name: 'PLAIN', value: 'word1' },
    { name: 'EMPTY' },
    { name: 'FROM', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } },
  ];
  return shownPod(
    name,
    {
      spec: {
        hostname: 'shown',
        containers: [
          {
            name: 'a',
            image: 'i',
            env,
            livenessProbe: asking('word1'),
            lifecycle: { preStop: asking('word1') },
          },
          { name: 'bare', image: 'i' },
        ],
        initContainers: [{ name: 'b', env }],
        ephemeralContainers: [{ name: 'c', env }],
      },
    },
    { annotations: { [ANNOTATION]: '{"value":"word1"}', other: 'kept' } },
  );
}

test('masked, no literal value of a variable or a header is in it, nor the copy that kubectl keeps', async () => {
  const world = worldOf(secretive('web'));
  const { text } = await list(world, { masked: true });
  expect(text).not.toContain('word1');
  const env = [
    { name: 'PLAIN', value: '(masked)' },
    { name: 'EMPTY' },
    { name: 'FROM', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } },
  ];
  const [pod] = JSON.parse(text).items;
  expect(pod.metadata.annotations).toEqual({ [ANNOTATION]: '(masked)', other: 'kept' });
  expect(pod.metadata).toMatchObject({ name: 'web', namespace: 'default' });
  expect(pod.spec).toEqual({
    hostname: 'shown',
    containers: [
      {
        ...{ name: 'a', image: 'i', env },
        ...{ livenessProbe: asking('(masked)'), lifecycle: { preStop: asking('(masked)') } },
      },
      { name: 'bare', image: 'i' },
    ],
    initContainers: [{ name: 'b', env }],
    ephemeralContainers: [{ name: 'c', env }],
  });
  expect(pod.status).toEqual(shownPod('web').status);
});

test('what is masked for one is whole for the next', async () => {
  const world = worldOf(secretive('web'));
  const before = (await list(world)).text;
  await list(world, { masked: true });
  expect((await list(world)).text).toBe(before);
  expect(before).toContain('word1');
});
