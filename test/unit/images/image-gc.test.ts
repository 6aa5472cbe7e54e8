import { describe, expect, test } from 'vitest';
import { bytesToFree } from '../../../src/images/disk-use.ts';
import { containerOf, GcRig, GiB, imageOf } from './gc-rig.ts';

const thresholds = { highPercent: 85, lowPercent: 80 };
const [old, middle, young] = ['old', 'middle', 'young'];

test.each<[string, number, number, number | undefined]>([
  ['below the high threshold nothing goes', 1_000, 160, undefined],
  ['a percent is full once it is begun', 1_000, 159, 41],
  ['at it enough goes to come down to the low one', 1_000, 150, 50],
  ['a full disk', 1_000, 0, 200],
  ['more left than there is counts as all', 1_000, 2_000, undefined],
])('%s (kubelet: 100 - available * 100 / capacity)', (_case, capacityBytes, availableBytes, expected) => {
  expect(bytesToFree({ capacityBytes, availableBytes }, thresholds)).toBe(expected);
});

test('a high threshold of 100 is never reached', () => {
  const never = { highPercent: 100, lowPercent: 80 };
  expect(bytesToFree({ capacityBytes: 1_000, availableBytes: 0 }, never)).toBe(undefined);
});

test('thresholds of 0 free whatever can be freed', () => {
  const all = { highPercent: 0, lowPercent: 0 };
  expect(bytesToFree({ capacityBytes: 1_000, availableBytes: 1_000 }, all)).toBe(0);
  expect(bytesToFree({ capacityBytes: 1_000, availableBytes: 400 }, all)).toBe(600);
});

describe('what goes', () => {
  test.each<[number, string[]]>([
    [84, []],
    [85, [old, middle, young]],
    [82, []],
  ])('at %i percent: %j', async (used, expected) => {
    expect(await GcRig.ofOwn(old, middle, young).collectAt(used)).toEqual(expected);
  });

  test('no more than is needed, the first pulled first where none was seen in use', async () => {
    const rig = GcRig.ofOwn(old, middle, young);
    for (const id of [old, middle, young]) rig.images.set(id, imageOf(id, { sizeBytes: 4 * GiB }));
    expect(await rig.collectAt(85)).toEqual([old, middle]);
    expect(rig.toldRemoved).toEqual([old, middle]);
    expect(rig.saved.map(({ id }) => id)).toEqual([young]);
    expect(rig.warnings()).toEqual([]);
  });

  test('the least recently used first, to the minute', async () => {
    const rig = GcRig.ofOwn(old, middle, young);
    const gc = rig.gc();
    for (const used of [middle, old]) {
      rig.containers = [containerOf(used)];
      await rig.collectAt(10, gc);
      await rig.clock.advance(300_000);
    }
    rig.containers = [];
    expect(await rig.collectAt(85, gc)).toEqual([young, middle, old]);
    expect(rig.logs.filter(({ level }) => level === 'info').map(({ fields }) => fields.unusedMs)).toEqual([
      undefined,
      600_000,
      300_000,
    ]);
  });

  test('each with a line that says why', async () => {
    const rig = GcRig.ofOwn(old);
    await rig.collectAt(85);
    expect(rig.logs[0]).toEqual({
      level: 'info',
      message: 'image removed',
      fields: {
        ...{ image: imageOf(old).repoTags.concat(imageOf(old).repoDigests).join(', '), id: old },
        ...{ sizeBytes: GiB, reason: 'the disk was used to 85 %, and nothing needs it' },
      },
    });
  });

  test('not what is younger than the least age, and at that age it goes', async () => {
    const rig = GcRig.ofOwn(old);
    const claim = await rig.pulled.prepare('reg.test/young:1');
    rig.images.set(young, imageOf(young));
    await claim(young);
    const gc = rig.gc();
    await rig.clock.advance(119_999);
    expect(await rig.collectAt(85, gc)).toEqual([old]);
    await rig.clock.advance(1);
    expect(await rig.collectAt(85, gc)).toEqual([young]);
  });

  test.each<[string, number, string[]]>([
    ['back makes nothing younger', -86_400_000, [young]],
    ['ahead makes nothing older', 86_400_000, []],
  ])('a clock that is set %s', async (_case, byMs, expected) => {
    const rig = new GcRig();
    const claim = await rig.pulled.prepare('reg.test/young:1');
    rig.images.set(young, imageOf(young));
    await claim(young);
    const gc = rig.gc();
    await rig.collectAt(10, gc);
    rig.clock.jumpWallClock(byMs);
    await rig.clock.advance(expected.length > 0 ? 120_000 : 119_999);
    expect(await rig.collectAt(85, gc)).toEqual(expected);
  });
});

describe('what stays, whatever the disk', () => {
  test.each<[string, (rig: GcRig) => void]>([
    ['a container was made from its id', (rig) => rig.containers.push(containerOf(old, ''))],
    ['a container was made from its tag', (rig) => rig.containers.push(containerOf('reg.test/old:1', ''))],
    [
      'a container runs what its digest names',
      (rig) => rig.containers.push(containerOf('', imageOf(old).repoDigests[0])),
    ],
    ['a manifest names it', (rig) => rig.named?.add('reg.test/old:1')],
    ['a manifest names it by digest', (rig) => rig.named?.add(imageOf(old).repoDigests[0] ?? '')],
    ['a pod is about to use it', (rig) => rig.held.add(old)],
    ['it is being looked for', (rig) => rig.held.add('reg.test/old:1')],
    ['it is pinned', (rig) => rig.images.set(old, imageOf(old, { pinned: true }))],
    ['sandboxes are made from it', (rig) => Object.assign(rig, { sandboxImage: 'reg.test/old:1' })],
    ['its archive lies ready to be imported', (rig) => rig.offered.add('reg.test/old:1')],
    [
      'it got another tag by another hand',
      (rig) => rig.images.set(old, imageOf(old, { repoTags: ['reg.test/old:1', 'mine/old:1'] })),
    ],
    ['it was not in use when the round began, and is now', useDuring('statfs')],
    ['it is named only now', nameDuring('statfs')],
    ['it is named while it is asked whose it is', nameDuring('imageStatus')],
    ['the runtime does not say whether it is used', (rig) => rig.failing.set('imageStatus', 'busy')],
    ['the runtime does not list containers', (rig) => rig.failing.set('listContainers', 'busy')],
    ['the runtime does not list images', (rig) => rig.failing.set('listImages', 'busy')],
    ['not all manifests are known', (rig) => Object.assign(rig, { named: undefined })],
    ['not all manifests are known any more', forgetDuring('statfs')],
    ['the disk cannot be measured', (rig) => rig.failing.set('statfs', 'no such path')],
    ['the runtime does not tell where images lie', (rig) => Object.assign(rig, { filesystems: [] })],
    ['the disk has no size', (rig) => Object.assign(rig.disk, { capacityBytes: 0 })],
  ])('%s', async (_reason, change) => {
    const rig = GcRig.ofOwn(old);
    change(rig);
    expect(await rig.collectAt(95)).toEqual([]);
  });

  test('what nobody has a record of; without any of this it goes', async () => {
    const rig = GcRig.ofOwn(old);
    rig.images.set('foreign', imageOf('foreign'));
    expect(await rig.collectAt(95)).toEqual([old]);
  });

  function useDuring(call: string) {
    return (rig: GcRig): void => {
      rig.beforeAnswer = (answered) => {
        if (answered === call) rig.containers = [containerOf(old)];
      };
    };
  }

  function nameDuring(call: string) {
    return (rig: GcRig): void => {
      rig.beforeAnswer = (answered) => {
        if (answered === call) rig.named?.add('reg.test/old:1');
      };
    };
  }

  function forgetDuring(call: string) {
    return (rig: GcRig): void => {
      rig.beforeAnswer = (answered) => {
        if (answered === call) rig.named = undefined;
      };
    };
  }
});

describe('what is wrong', () => {
  test('is told once, and again after it was right in between', async () => {
    const rig = GcRig.ofOwn(old);
    rig.failing.set('statfs', 'no such path');
    const gc = rig.gc();
    await rig.collectAt(95, gc);
    await rig.collectAt(95, gc);
    expect(rig.warnings()).toEqual([{ reason: 'ImageGCFailed', err: 'no such path' }]);
    rig.failing.clear();
    await rig.collectAt(10, gc);
    rig.failing.set('statfs', 'no such path');
    await rig.collectAt(95, gc);
    expect(rig.warnings()).toHaveLength(2);
  });

  test('a target that is not reached is FreeDiskSpaceFailed, with the sums', async () => {
    const rig = GcRig.ofOwn(old, middle);
    rig.held.add(middle);
    const gc = rig.gc();
    await rig.collectAt(95, gc);
    await rig.collectAt(96, gc);
    expect(rig.warnings()).toEqual([
      {
        reason: 'FreeDiskSpaceFailed',
        err: `Failed to garbage collect required amount of images. Attempted to free ${15 * GiB} bytes, but only found ${GiB} bytes eligible to free.`,
      },
    ]);
  });

  test('one image that will not go does not keep the next, and its holders look again', async () => {
    const rig = GcRig.ofOwn(old, middle);
    rig.failing.set(`removeImage ${old}`, 'in use');
    expect(await rig.collectAt(95)).toEqual([middle]);
    expect(rig.toldRemoved).toEqual([old, middle]);
    expect(rig.warnings()[0]).toMatchObject({ id: old, err: 'in use' });
    expect(rig.saved.map(({ id }) => id)).toEqual([old]);
  });

  test('a disk too full to write records on is emptied all the same', async () => {
    const rig = GcRig.ofOwn(old, middle);
    rig.failing.set('save', 'no space left');
    expect(await rig.collectAt(95)).toEqual([old, middle]);
  });

  test('the disk is measured where the runtime says its images lie, the first of several places', async () => {
    const rig = new GcRig();
    rig.filesystems = ['/first', '/second'].map((mountpoint) => ({ mountpoint, usedBytes: 0 }));
    await rig.collectAt(10);
    expect(rig.asked).toEqual(['/first']);
  });
});
