import { describe, expect, test } from 'vitest';
import type { ImageNeed, ImageUser } from '../../../src/images/index.ts';
import type { PullPolicy } from '../../../src/pod/index.ts';
import { need, needOf, podA, podB, Rig } from './rig.ts';

describe('the pull policy', () => {
  test.each<[PullPolicy, boolean, 'ready' | 'pulling' | 'failed', number]>([
    ['IfNotPresent', true, 'ready', 0],
    ['IfNotPresent', false, 'pulling', 1],
    ['Always', true, 'pulling', 1],
    ['Always', false, 'pulling', 1],
    ['Never', true, 'ready', 0],
    ['Never', false, 'failed', 0],
  ])('%s, image present %s: %s after %i pulls', async (policy, present, state, pulls) => {
    const rig = new Rig();
    if (present) rig.present.add('app:1');
    await rig.keeper.ensure(needOf({ policy }));
    expect(rig.keeper.state(needOf({ policy })).state).toBe(state);
    expect(rig.pulls).toHaveLength(pulls);
    expect(rig.looks).toHaveLength(policy === 'Always' ? 0 : 1);
  });

  test('Always pulls once for each instance, not at each pass', async () => {
    const rig = new Rig();
    const always = needOf({ policy: 'Always' });
    await rig.keeper.ensure(always);
    await rig.succeed();
    expect(rig.keeper.state(always)).toEqual({
      state: 'ready',
      imageId: 'id of app:1',
      user: { username: '' },
    });
    expect(rig.keeper.state(needOf({ policy: 'Always', attempt: 1 }))).toEqual({ state: 'unknown' });
  });
});

test('an instance may need the image of one version while that of another is pulled; the next one needs neither', async () => {
  const rig = new Rig();
  rig.present.add('app:1');
  const next = needOf({ image: 'app:2' });
  await rig.keeper.ensure(need);
  await rig.keeper.ensure(next);
  expect([need, next].map((each) => rig.keeper.state(each).state)).toEqual(['ready', 'pulling']);
  await rig.keeper.ensure(needOf({ attempt: 1 }));
  expect([need, next].map((each) => rig.keeper.state(each).state)).toEqual(['unknown', 'unknown']);
});

describe('the user an image is meant for', () => {
  test.each<[Partial<ImageUser>, ImageUser]>([
    [{}, { username: '' }],
    [{ uid: 1000 }, { uid: 1000, username: '' }],
    [{ uid: 0 }, { uid: 0, username: '' }],
    [{ username: 'nobody' }, { username: 'nobody' }],
  ])('%j is told with the image, pulled or not', async (user, told) => {
    for (const present of [true, false]) {
      const rig = new Rig();
      rig.user = user;
      if (present) rig.present.add('app:1');
      await rig.keeper.ensure(need);
      if (!present) await rig.succeed();
      expect(rig.keeper.state(need)).toEqual({ state: 'ready', imageId: 'id of app:1', user: told });
    }
  });

  test('an image that is gone again after its pull is one that cannot be inspected', async () => {
    const rig = new Rig();
    await rig.keeper.ensure(need);
    rig.pulls.at(-1)?.succeed();
    rig.present.clear();
    await rig.clock.settle();
    expect(rig.keeper.state(need)).toMatchObject({
      state: 'failed',
      reason: 'ImageInspectError',
      message: 'Failed to inspect image "app:1": it is gone after it was pulled',
    });
    expect(rig.changed).toEqual([podA]);
  });
});

test('nothing is known before it was asked for, nor after it was forgotten', async () => {
  const rig = new Rig();
  rig.present.add('app:1');
  expect(rig.keeper.state(need)).toEqual({ state: 'unknown' });
  await rig.keeper.ensure(need);
  expect(rig.keeper.state(need)).toEqual({ state: 'ready', imageId: 'id of app:1', user: { username: '' } });
  rig.keeper.forget(need);
  expect(rig.keeper.state(need)).toEqual({ state: 'unknown' });
});

test('an image without a tag is asked for as latest', async () => {
  const rig = new Rig();
  await rig.keeper.ensure(needOf({ image: 'app' }));
  expect([rig.looks, rig.pulls.map(({ image }) => image)]).toEqual([['app:latest'], ['app:latest']]);
});

test('one pull serves all pods that want the image, and each is told', async () => {
  const rig = new Rig();
  const other = needOf({ uid: podB });
  await rig.keeper.ensure(need);
  await rig.keeper.ensure(other);
  expect(rig.pulls).toHaveLength(1);
  await rig.succeed();
  const ready = { state: 'ready', imageId: 'id of app:1', user: { username: '' } };
  expect([rig.keeper.state(need), rig.keeper.state(other)]).toEqual([ready, ready]);
  expect(rig.changed).toEqual([podA, podB]);
});

test('at most so many pulls run at once; the next begins when one ends', async () => {
  const rig = new Rig(2);
  for (const image of ['a:1', 'b:1', 'c:1'])
    await rig.keeper.ensure(needOf({ container: image[0] ?? '', image }));
  await rig.clock.settle();
  expect(rig.pulls.map(({ image }) => image)).toEqual(['a:1', 'b:1']);
  rig.pulls[0]?.fail('no');
  await rig.clock.settle();
  expect(rig.pulls.map(({ image }) => image)).toEqual(['a:1', 'b:1', 'c:1']);
});

describe('a failed pull', () => {
  test('is told as ErrImagePull, then as ImagePullBackOff with the error in it', async () => {
    const rig = new Rig();
    await rig.keeper.ensure(need);
    const untilMs = rig.clock.nowMs() + 10_000;
    await rig.fail('not found');
    const message = 'Failed to pull image "app:1": not found';
    expect(rig.keeper.state(need)).toEqual({ state: 'failed', reason: 'ErrImagePull', message, untilMs });
    await rig.clock.advance(2_000);
    const backingOff = {
      reason: 'ImagePullBackOff',
      message: `Back-off pulling image "app:1": ErrImagePull: ${message}`,
    };
    expect(rig.keeper.state(need)).toEqual({ state: 'failed', ...backingOff, untilMs });
    await rig.clock.advance(8_000);
    expect(rig.keeper.state(need)).toEqual({ state: 'unknown', last: backingOff });
  });

  test.each(['RegistryUnavailable', 'SignatureValidationFailed'])(
    '%s is a reason of its own while it is fresh',
    async (reason) => {
      const rig = new Rig();
      await rig.keeper.ensure(need);
      await rig.fail(`${reason}: because`);
      expect(rig.keeper.state(need)).toMatchObject({ state: 'failed', reason });
      await rig.clock.advance(2_000);
      expect(rig.keeper.state(need)).toMatchObject({ state: 'failed', reason: 'ImagePullBackOff' });
    },
  );

  /** Fails again as soon as it may; the delays in seconds. */
  async function delays(rig: Rig, count: number): Promise<number[]> {
    const seconds: number[] = [];
    for (let round = 0; round < count; round += 1) {
      await rig.keeper.ensure(need);
      await rig.fail('no');
      const state = rig.keeper.state(need);
      const delayMs = state.state === 'failed' ? state.untilMs - rig.clock.nowMs() : Number.NaN;
      seconds.push(delayMs / 1000);
      await rig.clock.advance(delayMs);
    }
    return seconds;
  }

  test('backs off 10, 20, 40, 80, 160 and then 300 s', async () => {
    expect(await delays(new Rig(), 7)).toEqual([10, 20, 40, 80, 160, 300, 300]);
  });

  test('is forgotten 10 min after the last one, not before (kubelet: 2 × the longest delay)', async () => {
    const rig = new Rig();
    expect(await delays(rig, 2)).toEqual([10, 20]);
    await rig.clock.advance(600_000 - 20_000);
    expect(await delays(rig, 1)).toEqual([40]);
    await rig.clock.advance(600_001 - 40_000);
    expect(await delays(rig, 2)).toEqual([10, 20]);
  });

  test('is one failure for all containers of a pod that share the image', async () => {
    const rig = new Rig();
    const second = needOf({ container: 'second' });
    await rig.keeper.ensure(need);
    await rig.keeper.ensure(second);
    await rig.fail('no');
    const untilMs = rig.clock.nowMs() + 10_000;
    expect(rig.keeper.state(need)).toMatchObject({ state: 'failed', untilMs });
    expect(rig.keeper.state(second)).toMatchObject({ state: 'failed', untilMs });
  });

  test('does not touch the back-off of another image, nor of another pod', async () => {
    const rig = new Rig();
    await rig.keeper.ensure(need);
    await rig.fail('no');
    expect(rig.keeper.state(needOf({ image: 'other:1' }))).toEqual({ state: 'unknown' });
    expect(rig.keeper.state(needOf({ uid: podB }))).toEqual({ state: 'unknown' });
  });

  test('while another pod joined the wait fails for both, each with its own back-off', async () => {
    const rig = new Rig();
    await delays(rig, 2);
    await rig.keeper.ensure(need);
    await rig.keeper.ensure(needOf({ uid: podB }));
    await rig.fail('no');
    const nowMs = rig.clock.nowMs();
    expect(rig.keeper.state(need)).toMatchObject({ untilMs: nowMs + 40_000 });
    expect(rig.keeper.state(needOf({ uid: podB }))).toMatchObject({ untilMs: nowMs + 10_000 });
    expect(rig.changed.slice(-2)).toEqual([podA, podB]);
  });

  test('is over when the clock was set back behind the failure', async () => {
    const rig = new Rig();
    await delays(rig, 1);
    await rig.keeper.ensure(need);
    await rig.fail('no');
    rig.clock.jumpWallClock(-3_600_000);
    const last = { reason: 'ErrImagePull', message: 'Failed to pull image "app:1": no' };
    expect(rig.keeper.state(need)).toEqual({ state: 'unknown', last });
  });

  test('can be tried again at once when images came from elsewhere', async () => {
    const rig = new Rig();
    await delays(rig, 1);
    await rig.keeper.ensure(need);
    await rig.fail('no');
    rig.keeper.retry();
    expect(rig.keeper.state(need)).toEqual({ state: 'unknown' });
  });
});

describe('reasons that are no pull', () => {
  const until = (rig: Rig) => rig.clock.nowMs() + 10_000;

  test('InvalidImageName', async () => {
    const rig = new Rig();
    const bad = needOf({ image: 'NOT valid' });
    await rig.keeper.ensure(bad);
    expect(rig.keeper.state(bad)).toMatchObject({
      state: 'failed',
      reason: 'InvalidImageName',
      untilMs: until(rig),
    });
    expect([rig.looks, rig.pulls]).toEqual([[], []]);
  });

  test('ErrImageNeverPull stays the reason through its back-off', async () => {
    const rig = new Rig();
    const never = needOf({ policy: 'Never' });
    await rig.keeper.ensure(never);
    const failed = {
      state: 'failed',
      reason: 'ErrImageNeverPull',
      message: 'Container image "app:1" is not present with pull policy of Never',
      untilMs: until(rig),
    };
    expect(rig.keeper.state(never)).toEqual(failed);
    await rig.clock.advance(5_000);
    expect(rig.keeper.state(never)).toEqual(failed);
    // And while it is looked for once more (kubelet: reasonCache).
    await rig.clock.advance(5_000);
    const { reason, message } = failed;
    expect(rig.keeper.state(never)).toEqual({ state: 'unknown', last: { reason, message } });
  });

  test('a failure is not told any more once the image was there', async () => {
    const rig = new Rig();
    const never = needOf({ policy: 'Never' });
    await rig.keeper.ensure(never);
    await rig.clock.advance(10_000);
    rig.present.add('app:1');
    await rig.keeper.ensure(never);
    expect(rig.keeper.state(never).state).toBe('ready');
    rig.keeper.forget(never);
    expect(rig.keeper.state(never)).toEqual({ state: 'unknown' });
  });

  test('ImageInspectError', async () => {
    const rig = new Rig();
    rig.inspectError = 'disk on fire';
    await rig.keeper.ensure(need);
    expect(rig.keeper.state(need)).toEqual({
      state: 'failed',
      reason: 'ImageInspectError',
      message: 'Failed to inspect image "app:1": disk on fire',
      untilMs: until(rig),
    });
    expect(rig.pulls).toEqual([]);
  });
});

describe('an image that others bring while its failure holds', () => {
  async function failed(rig: Rig, of: ImageNeed): Promise<void> {
    await rig.keeper.ensure(of);
    if (of.policy === 'IfNotPresent') await rig.fail('no network');
  }

  /** In the second back-off, which is of 20 s, with what was looked for and told until then left out. */
  async function backingOff(of: ImageNeed): Promise<Rig> {
    const rig = new Rig();
    await failed(rig, of);
    await rig.clock.advance(10_000);
    await failed(rig, of);
    for (const list of [rig.looks, rig.changed, rig.events]) list.length = 0;
    return rig;
  }

  test.each<PullPolicy>(['IfNotPresent', 'Never'])(
    '%s: is seen within 10 s and not pulled',
    async (policy) => {
      const of = needOf({ policy });
      const rig = await backingOff(of);
      const pulls = rig.pulls.length;
      rig.present.add('app:1');
      await rig.clock.advance(9_999);
      expect([rig.looks, rig.keeper.state(of).state]).toEqual([[], 'failed']);
      await rig.clock.advance(1);
      expect(rig.keeper.state(of)).toMatchObject({ state: 'ready', imageId: 'id of app:1' });
      expect(rig.keeper.state(needOf({ policy, container: 'second' }))).toEqual({ state: 'unknown' });
      await rig.clock.advance(100_000);
      expect([rig.changed, rig.looks, rig.pulls.length]).toEqual([[podA], ['app:1'], pulls]);
      expect(rig.events.map(({ message }) => message)).toEqual([
        ...(policy === 'Never' ? [] : ['Back-off pulling image "app:1"', 'Error: ImagePullBackOff']),
        'Container image "app:1" already present on machine',
      ]);
    },
  );

  test('is of no account to what always pulls', async () => {
    const of = needOf({ policy: 'Always' });
    const rig = new Rig();
    for (const waitMs of [10_000, 19_999]) {
      await rig.keeper.ensure(of);
      await rig.fail('no network');
      rig.present.add('app:1');
      await rig.clock.advance(waitMs);
    }
    expect([rig.looks, rig.keeper.state(of).state]).toEqual([[], 'failed']);
  });

  test('leaves the next failure its longer back-off', async () => {
    const rig = await backingOff(need);
    rig.present.add('app:1');
    await rig.clock.advance(10_000);
    rig.present.clear();
    await failed(rig, needOf({ attempt: 1 }));
    expect(rig.keeper.state(needOf({ attempt: 1 }))).toMatchObject({ untilMs: rig.clock.nowMs() + 40_000 });
  });

  test.each<[string, (rig: Rig) => void]>([
    ['released', (rig) => rig.keeper.release(podA)],
    ['tried again at once', (rig) => rig.keeper.retry(podA)],
    ['not served any more', (rig) => rig.keeper.close()],
  ])('is not looked for once its pod is %s', async (_, end) => {
    const rig = await backingOff(need);
    end(rig);
    await rig.clock.advance(60_000);
    expect([rig.looks, rig.changed]).toEqual([[], []]);
  });

  test('a look that failed is over as soon as looking works again', async () => {
    const rig = new Rig();
    rig.inspectError = 'disk on fire';
    await rig.keeper.ensure(need);
    await rig.clock.advance(10_000);
    await rig.keeper.ensure(need);
    rig.inspectError = undefined;
    await rig.clock.advance(10_000);
    expect(rig.keeper.state(need).state).toBe('unknown');
  });
});

describe('a pod that is released', () => {
  test('cancels the pull that nobody else waits for, and is not told of it', async () => {
    const rig = new Rig();
    await rig.keeper.ensure(need);
    rig.keeper.release(podA);
    await rig.clock.settle();
    expect(rig.pulls[0]?.signal?.aborted).toBe(true);
    expect(rig.keeper.state(need)).toEqual({ state: 'unknown' });
    expect(rig.changed).toEqual([]);
  });

  test('leaves the pull to the others that wait', async () => {
    const rig = new Rig();
    await rig.keeper.ensure(need);
    await rig.keeper.ensure(needOf({ uid: podB }));
    rig.keeper.release(podA);
    expect(rig.pulls[0]?.signal?.aborted).toBe(false);
    await rig.succeed();
    expect(rig.keeper.state(needOf({ uid: podB })).state).toBe('ready');
    expect(rig.keeper.state(need)).toEqual({ state: 'unknown' });
  });

  test('and comes back begins a pull of its own, untouched by the end of the cancelled one', async () => {
    const rig = new Rig(1);
    await rig.keeper.ensure(needOf({ uid: podB, image: 'slow:1' }));
    await rig.keeper.ensure(need);
    rig.keeper.release(podA);
    await rig.keeper.ensure(need);
    rig.pulls[0]?.succeed();
    await rig.clock.settle();
    expect(rig.keeper.state(need)).toEqual({ state: 'pulling' });
    expect(rig.pulls.map(({ image }) => image)).toEqual(['slow:1', 'app:1']);
    await rig.succeed();
    expect(rig.keeper.state(need).state).toBe('ready');
  });

  test('loses its back-off with it', async () => {
    const rig = new Rig();
    await rig.keeper.ensure(need);
    await rig.fail('no');
    rig.keeper.release(podA);
    expect(rig.keeper.state(need)).toEqual({ state: 'unknown' });
  });
});

test('an image volume is a need like a container, beside the container of the same name', async () => {
  const rig = new Rig();
  const volume = needOf({ container: 'volume:app', image: 'data:1' });
  await rig.keeper.ensure(need);
  await rig.keeper.ensure(volume);
  rig.pulls[0]?.succeed();
  rig.pulls[1]?.succeed();
  await rig.clock.settle();
  expect(rig.keeper.state(need)).toMatchObject({ state: 'ready', imageId: 'id of app:1' });
  expect(rig.keeper.state(volume)).toMatchObject({ state: 'ready', imageId: 'id of data:1' });
});
