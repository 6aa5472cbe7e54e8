import { expect, test } from 'vitest';
import type { RunningContainer } from '../../../src/api/index.ts';
import { configzRoute } from '../../../src/api/routes/configz-route.ts';
import { machineSpecRoutes } from '../../../src/api/routes/machine-spec-route.ts';
import { runningPodsRoutes } from '../../../src/api/routes/running-pods-route.ts';
import { ask, bodyText } from './ask.ts';

function running(pod: string, container: string, changed: Partial<RunningContainer> = {}): RunningContainer {
  return {
    ...{ pod, container, podUid: `uid-of-${pod}`, namespace: 'default', image: `image-of-${container}` },
    ...changed,
  };
}

const CONTAINERS = [
  running('web', 'b'),
  running('old', 'a', { namespace: 'a' }),
  running('web', 'a'),
  running('web', 'a', { podUid: 'another', image: 'older' }),
];

test.each(['/runningpods', '/runningpods/'])('%s is what runs, by pod', async (path) => {
  const answer = await ask(runningPodsRoutes({ runningContainers: () => CONTAINERS }), path);
  const pod = (name: string, namespace: string, uid: string, containers: Record<string, string>) => ({
    metadata: { name, namespace, uid },
    spec: {
      containers: Object.entries(containers).map(([own, image]) => ({ name: own, image, resources: {} })),
    },
    status: {},
  });
  expect(JSON.parse(await bodyText(answer))).toEqual({
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: {},
    items: [
      pod('old', 'a', 'uid-of-old', { a: 'image-of-a' }),
      pod('web', 'default', 'another', { a: 'older' }),
      pod('web', 'default', 'uid-of-web', { a: 'image-of-a', b: 'image-of-b' }),
    ],
  });
});

test.each(['/spec', '/spec/'])('%s is the machine', async (path) => {
  const answer = await ask(machineSpecRoutes({ machineInfo: async () => ({ num_cores: 3 }) }), path);
  expect([answer.status, JSON.parse(await bodyText(answer))]).toEqual([200, { num_cores: 3 }]);
});

test('/configz is the settings', async () => {
  const settings = { kubeletconfig: { port: 1 }, tinylet: {} };
  const answer = await ask([configzRoute({ settings: () => settings })], '/configz');
  expect([answer.status, JSON.parse(await bodyText(answer))]).toEqual([200, settings]);
});
