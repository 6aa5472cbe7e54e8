import { describe, expect, test } from 'vitest';
import type { ImageNeed } from '../../../src/images/index.ts';
import type { PodEvent } from '../../../src/pod/index.ts';
import { need, needOf, podA, podB, Rig } from './rig.ts';

/** What was told, in short: type, reason and message. */
const told = ({ events }: Rig): string[] => events.map(short);
const short = ({ type, reason, message }: PodEvent): string => `${type} ${reason}: ${message}`;

/** After a look, or after a pull that ended as it was made to. */
async function ensured(rig: Rig, wanted: ImageNeed = need): Promise<Rig> {
  await rig.keeper.ensure(wanted);
  await rig.clock.settle();
  return rig;
}

const pulling = 'Normal Pulling: Pulling image "app:1"';

test('an event names the pod and its container', async () => {
  const rig = new Rig();
  rig.present.add('app:1');
  await ensured(rig);
  expect(rig.events).toEqual([
    {
      ...{ uid: podA, namespace: 'default', name: 'web', fieldPath: 'spec.containers{app}' },
      ...{ type: 'Normal', reason: 'Pulled' },
      message: 'Container image "app:1" already present on machine',
    },
  ]);
});

test('a pull is told at its beginning and its end, with the time it took and the time it waited for its turn', async () => {
  const rig = new Rig(1);
  await ensured(rig, needOf({ uid: podB, image: 'slow:1' }));
  rig.events.length = 0;
  await ensured(rig);
  expect(told(rig)).toEqual([pulling]);
  await rig.clock.advance(100);
  rig.pulls[0]?.succeed();
  await rig.clock.settle();
  await rig.clock.advance(1_200);
  rig.pulls[1]?.succeed();
  await rig.clock.settle();
  expect(told(rig).slice(1)).toEqual([
    'Normal Pulled: Successfully pulled image "slow:1" in 100ms (100ms including waiting). Image size: 1 bytes.',
    'Normal Pulled: Successfully pulled image "app:1" in 1.2s (1.3s including waiting). Image size: 1 bytes.',
  ]);
});

test('one pull for two pods is told to both', async () => {
  const rig = await ensured(new Rig());
  await ensured(rig, needOf({ uid: podB, name: 'other' }));
  await rig.succeed();
  expect(rig.events.map(({ name, reason }) => `${name} ${reason}`)).toEqual([
    'web Pulling',
    'other Pulling',
    'web Pulled',
    'other Pulled',
  ]);
});

describe('a pull that failed', () => {
  const failed = 'Warning Failed: Failed to pull image "app:1": not found';

  test('is told with its error, and told once more when it is waited for', async () => {
    const rig = await ensured(new Rig());
    await rig.fail('not found');
    expect(told(rig)).toEqual([pulling, failed, 'Warning Failed: Error: ErrImagePull']);
    rig.events.length = 0;
    await rig.clock.advance(1_999);
    expect(told(rig)).toEqual([]);
    await rig.clock.advance(1);
    const backOff = [
      'Normal BackOff: Back-off pulling image "app:1"',
      'Warning Failed: Error: ImagePullBackOff',
    ];
    expect(told(rig)).toEqual(backOff);
    await rig.clock.advance(60_000);
    expect(told(rig)).toEqual(backOff);
  });

  test.each<[string, string]>([
    ['RegistryUnavailable', 'image pull failed for app:1 because the registry is unavailable: try later'],
    [
      'SignatureValidationFailed',
      'image pull failed for app:1 because the signature validation failed: try later',
    ],
  ])('for %s waits in the words of that reason', async (reason, message) => {
    const rig = await ensured(new Rig());
    await rig.fail(`${reason}: try later`);
    expect(rig.keeper.state(need)).toMatchObject({ reason, message });
    expect(told(rig).slice(1)).toEqual([
      `Warning Failed: Failed to pull image "app:1": ${reason}: try later`,
      `Warning Failed: Error: ${reason}`,
    ]);
  });

  test.each<[string, (rig: Rig) => void]>([
    ['the pod is gone', (rig) => rig.keeper.release(podA)],
    ['it may be tried again', (rig) => rig.keeper.retry(podA)],
    ['tinylet stops', (rig) => rig.keeper.close()],
  ])('is not told as waited for once %s', async (_case, end) => {
    const rig = await ensured(new Rig());
    await rig.fail('not found');
    end(rig);
    rig.events.length = 0;
    await rig.clock.advance(60_000);
    expect(told(rig)).toEqual([]);
  });

  test('for a pod that is gone is told to nobody', async () => {
    const rig = await ensured(new Rig());
    rig.keeper.release(podA);
    await rig.clock.settle();
    expect(told(rig)).toEqual([pulling]);
  });
});

test.each<[string, Partial<ImageNeed>, string | undefined, string[]]>([
  [
    'InvalidImageName',
    { image: 'NOT valid' },
    undefined,
    [
      'Warning InspectFailed: Failed to apply default image tag "NOT valid": couldn\'t parse image name: invalid reference format',
      'Warning Failed: Error: InvalidImageName',
    ],
  ],
  [
    'ErrImageNeverPull',
    { policy: 'Never' },
    undefined,
    [
      'Warning ErrImageNeverPull: Container image "app:1" is not present with pull policy of Never',
      'Warning Failed: Error: ErrImageNeverPull',
    ],
  ],
  [
    'ImageInspectError',
    {},
    'disk on fire',
    [
      'Warning InspectFailed: Failed to inspect image "app:1": disk on fire',
      'Warning Failed: Error: ImageInspectError',
    ],
  ],
])('%s is told, and never as a back-off of pulls', async (_reason, changes, inspectError, expected) => {
  const rig = new Rig();
  rig.inspectError = inspectError;
  await ensured(rig, needOf(changes));
  await rig.clock.advance(9_000);
  expect(told(rig)).toEqual(expected);
});

test('what is for a volume is about the pod, and no container failed to start', async () => {
  const rig = new Rig();
  const { fieldPath: _, ...volume } = needOf({ container: 'volume:data' });
  await ensured(rig, volume);
  await rig.fail('not found');
  await rig.clock.advance(2_000);
  expect(rig.events.map((event) => ['fieldPath' in event, short(event)])).toEqual([
    [false, pulling],
    [false, 'Warning Failed: Failed to pull image "app:1": not found'],
    [false, 'Normal BackOff: Back-off pulling image "app:1"'],
  ]);
});

test('secrets that give no credentials are named to the pod before the pull (kubelet: getPullSecretsForPod)', async () => {
  const rig = new Rig();
  const broken = { name: 'broken', type: 'kubernetes.io/dockerconfigjson', text: '{' } as const;
  const good = { name: 'good', type: 'kubernetes.io/dockerconfigjson', text: '{"auths":{}}' } as const;
  await ensured(rig, needOf({ pullSecrets: [{ name: 'gone', problem: 'not found' }, good, broken] }));
  expect(rig.events[0]).toEqual({
    ...{ uid: podA, namespace: 'default', name: 'web', type: 'Warning' },
    reason: 'FailedToRetrieveImagePullSecret',
    message:
      'Unable to retrieve some image pull secrets (gone, broken); attempting to pull the image may not succeed.',
  });
  expect(told(rig).slice(1)).toEqual([pulling]);
});
