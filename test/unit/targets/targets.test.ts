import { describe, expect, test } from 'vitest';
import { asOwnerId, asPodUid, noObjects, podKey } from '../../../src/pod/index.ts';
import { findTargets, type Target, type Targets, type TargetsInput } from '../../../src/targets/index.ts';
import {
  file,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  nowMs,
  pod,
  removeTarget,
  runTarget,
  uid,
} from '../plan/base.ts';
import { badFile, goneDirectory, goodFile, manifestsOf, snapshotOf } from './manifests.ts';

function find(changes: Partial<TargetsInput> = {}): Targets {
  return findTargets({
    manifests: manifestsOf(goodFile(file, pod)),
    records: [makeRecord()],
    own: [makeSandbox()],
    foreign: [],
    usedBy: () => noObjects,
    newUid: (key) => asPodUid(`new-${key}`),
    ...changes,
  });
}

/** The targets, and that nothing was refused. */
function targetsOf(changes: Partial<TargetsInput> = {}): Target[] {
  const { targets, refused } = find(changes);
  expect(refused).toEqual([]);
  return [...targets.values()];
}

const edited = makePod({ app: { image: 'app:2' } });
const other = asPodUid('other-uid');
const deleting = makeRecord({ deletionStartedAtMs: nowMs });
const terminating = {
  reason: 'PodTerminating',
  message: `waits until the previous pod "default/web" (uid ${uid}) is gone`,
};

test('a recorded pod whose file was read is wanted as the file has it, with its UID', () => {
  expect(targetsOf()).toEqual([runTarget(pod)]);
  expect(targetsOf({ manifests: manifestsOf(goodFile(file, edited)) })).toEqual([
    runTarget(edited, { standing: { pod, uses: noObjects } }),
  ]);
});

test('a pod that appears for the first time gets a new UID', () => {
  expect(targetsOf({ records: [], own: [] })).toEqual([runTarget(pod, { uid: asPodUid('new-default/web') })]);
});

describe('containers that have lost their sandbox and their record', () => {
  const pods = new Map([[other, { sandboxes: [], containers: [makeInstance('app', { state: 'exited' })] }]]);
  const loose = { ...removeTarget, uid: other, file: '' };

  test('go, and the pod of that name waits for it', () => {
    const blocked = { ...terminating, message: terminating.message.replace(uid, other) };
    expect(targetsOf({ pods, records: [], own: [] })).toEqual([
      runTarget(pod, { uid: asPodUid('new-default/web'), blocked }),
      loose,
    ]);
  });

  test.each([
    ['a file cannot be used', manifestsOf(badFile('/m/other.yaml'))],
    ['a directory cannot be read', snapshotOf(goneDirectory)],
  ])('are left as they are while %s: it may be theirs', (_case, manifests) => {
    expect(targetsOf({ pods, manifests, records: [], own: [] })).toEqual([{ ...loose, kind: 'hold' }]);
  });

  test.each([
    ['a record', { records: [makeRecord({ uid: other })], own: [] }],
    ['a sandbox', { records: [], own: [makeSandbox({ uid: other })] }],
  ])('are none where there is %s', (_case, changes) => {
    expect(targetsOf({ pods, ...changes })).toEqual([runTarget(pod, { uid: other })]);
  });
});

describe('the last good version stays desired', () => {
  test.each([
    ['its file is broken, unreadable or too large', manifestsOf(badFile(file))],
    ['its directory is missing or cannot be read', snapshotOf(goneDirectory)],
  ])('while %s', (_case, manifests) => {
    const record = makeRecord({ pod: edited });
    expect(targetsOf({ manifests, records: [record] })).toEqual([runTarget(edited, { stale: true })]);
    expect(targetsOf({ manifests, records: [record], own: [] })).toEqual([
      runTarget(edited, { stale: true }),
    ]);
  });

  test('and another pod of the broken file stays, too', () => {
    const second = makePod({ metadata: { name: 'second' } });
    const record = makeRecord({ uid: other, pod: second });
    const targets = targetsOf({ manifests: manifestsOf(badFile(file)), records: [makeRecord(), record] });
    expect(targets).toEqual([
      runTarget(pod, { stale: true }),
      runTarget(second, { uid: other, stale: true }),
    ]);
  });

  test('a file in a directory below the unreadable one is not its file', () => {
    const record = makeRecord({ file: '/m/deep/web.yaml' });
    expect(targetsOf({ manifests: snapshotOf(goneDirectory), records: [record] })).toEqual([
      { ...removeTarget, file: '/m/deep/web.yaml' },
    ]);
  });
});

describe('what comes from a URL', () => {
  const url = 'https://host/dir/pods.yaml';
  const unread = (directory: string) => ({ ...goneDirectory, directory });
  const record = makeRecord({ file: url });

  test('stays while it cannot be had', () => {
    expect(targetsOf({ manifests: snapshotOf(unread(url)), records: [record] })).toEqual([
      runTarget(pod, { file: url, stale: true }),
    ]);
  });

  test('goes when the URL is given no more', () => {
    const removed = [{ ...removeTarget, file: url }];
    expect(targetsOf({ manifests: manifestsOf(), records: [record] })).toEqual(removed);
    const above = snapshotOf(unread('/host/dir'));
    expect(targetsOf({ manifests: above, records: [record] })).toEqual(removed);
  });

  test.each([url, file])(
    'or from a source that is given no more stays until a new URL has answered: %s',
    (from) => {
      const at = makeRecord({ file: from });
      const manifests = snapshotOf(unread('https://new/'));
      const own = [makeSandbox({ annotations: { 'tinylet.dev/source': from } })];
      expect(targetsOf({ manifests, records: [at], own })).toEqual([
        runTarget(pod, { file: from, stale: true }),
      ]);
      expect(targetsOf({ manifests, records: [], own })).toMatchObject([{ kind: 'hold', uid }]);
      const answered = { ...goneDirectory, directory: 'https://new/', state: 'read', warnings: [] } as const;
      const empty = { manifests: snapshotOf({ ...answered, files: [] }), own };
      expect(targetsOf({ ...empty, records: [at] })).toEqual([{ ...removeTarget, file: from }]);
      const moved = goodFile('https://new/', pod);
      expect(
        targetsOf({ manifests: snapshotOf({ ...answered, files: [moved] }), records: [at], own }),
      ).toEqual([runTarget(pod, { file: 'https://new/' })]);
    },
  );

  test('and has answered once keeps nothing of others', () => {
    const answered = { state: 'read', directory: url, files: [], warnings: [], problem: 'is away' } as const;
    expect(targetsOf({ manifests: snapshotOf(answered) })).toEqual([removeTarget]);
  });

  test('and has never answered keeps no other file from defining a pod', () => {
    const directory = {
      state: 'read',
      directory: '/new',
      files: [goodFile('/new/p.yaml', pod)],
      warnings: [],
    } as const;
    expect(targetsOf({ manifests: snapshotOf(directory, unread(url)) })).toEqual([
      runTarget(pod, { file: '/new/p.yaml' }),
    ]);
  });
});

describe('a version that is wanted and not in force yet', () => {
  const standing = { pod, uses: noObjects };
  const lastRead = () => edited;

  test('goes on being wanted while its file cannot be used', () => {
    expect(targetsOf({ manifests: manifestsOf(badFile(file)), lastRead })).toEqual([
      runTarget(edited, { stale: true, standing }),
    ]);
  });

  test('is forgotten by a daemon that ends: the next one goes on with what is on record', () => {
    expect(targetsOf({ manifests: manifestsOf(badFile(file)) })).toEqual([runTarget(pod, { stale: true })]);
  });

  test('is no other version where only the objects of its text are', () => {
    const copy = makePod();
    expect(targetsOf({ manifests: manifestsOf(goodFile(file, copy)) })).toEqual([runTarget(copy)]);
  });

  test('each version comes with the objects it names', () => {
    const previous = makePod({ app: { image: 'app:0' } });
    const objectsOf = new Map([pod, edited, previous].map((each) => [each, { ...noObjects }]));
    const usedBy: TargetsInput['usedBy'] = (each) => objectsOf.get(each) ?? noObjects;
    const [target] = targetsOf({
      manifests: manifestsOf(goodFile(file, edited)),
      records: [makeRecord({ previous })],
      usedBy,
    });
    const { uses, standing: before, previousUses } = target?.kind === 'run' ? target : {};
    expect(uses).toBe(usedBy(edited));
    expect(before?.uses).toBe(usedBy(pod));
    expect(previousUses).toBe(usedBy(previous));
  });
});

describe('a pod is removed only on proof', () => {
  test.each([
    ['its file is gone from a directory that was read', manifestsOf()],
    ['its file was read and no longer names it', manifestsOf(goodFile(file))],
    ['its file is gone and another one is broken', manifestsOf(badFile('/m/else.yaml'))],
    ['its directory is no longer a source', snapshotOf()],
  ])('%s', (_case, manifests) => {
    expect(targetsOf({ manifests })).toEqual([removeTarget]);
  });

  test('a sandbox without a record goes when the file it names is gone', () => {
    expect(targetsOf({ manifests: manifestsOf(), records: [] })).toEqual([removeTarget]);
  });

  test.each([manifestsOf(badFile(file)), snapshotOf(goneDirectory)])(
    'a sandbox without a record is held while the file it names cannot be used',
    (manifests) => {
      expect(targetsOf({ manifests, records: [] })).toEqual([{ ...removeTarget, kind: 'hold' }]);
    },
  );
});

describe('UIDs', () => {
  test('a renamed file keeps the UID', () => {
    const manifests = manifestsOf(goodFile('/m/zz.yaml', pod));
    expect(targetsOf({ manifests })).toEqual([runTarget(pod, { file: '/m/zz.yaml' })]);
  });

  test("a lost record adopts the sandbox's UID", () => {
    expect(targetsOf({ records: [] })).toEqual([runTarget(pod)]);
  });

  test('the sandbox of a recorded pod is no orphan to adopt', () => {
    const targets = targetsOf({ records: [deleting] });
    expect(targets).toEqual([
      removeTarget,
      runTarget(pod, { uid: asPodUid('new-default/web'), blocked: terminating }),
    ]);
  });

  test('metadata.uid is honoured', () => {
    const own = makePod({ metadata: { uid: other } });
    expect(targetsOf({ manifests: manifestsOf(goodFile(file, own)), records: [], own: [] })).toEqual([
      runTarget(own, { uid: other }),
    ]);
  });

  test('a metadata.uid that is taken out of the manifest stays the UID', () => {
    const before = makePod({ metadata: { uid: other } });
    const record = makeRecord({ uid: other, pod: before });
    expect(targetsOf({ records: [record], own: [] })).toEqual([
      runTarget(pod, { uid: other, standing: { pod: before, uses: noObjects } }),
    ]);
  });

  test('another metadata.uid is another pod: the old one goes and the new one waits', () => {
    const reborn = makePod({ metadata: { uid: other } });
    expect(targetsOf({ manifests: manifestsOf(goodFile(file, reborn)) })).toEqual([
      runTarget(reborn, { uid: other, blocked: terminating }),
      removeTarget,
    ]);
  });

  test('the file is back while the deletion runs: a new pod that waits', () => {
    expect(targetsOf({ records: [deleting], own: [] })).toEqual([
      removeTarget,
      runTarget(pod, { uid: asPodUid('new-default/web'), blocked: terminating }),
    ]);
  });

  test('the same with a metadata.uid: the removal comes to its end first', () => {
    const own = makePod({ metadata: { uid } });
    expect(targetsOf({ manifests: manifestsOf(goodFile(file, own)), records: [deleting] })).toEqual([
      removeTarget,
    ]);
  });

  test('a deletion that began goes on whatever the file says by now', () => {
    expect(targetsOf({ manifests: manifestsOf(badFile(file)), records: [deleting] })).toEqual([removeTarget]);
  });
});

describe('one metadata.uid for two pods', () => {
  const web = makePod({ metadata: { uid } });
  const thief = makePod({ metadata: { name: 'thief', uid } });
  const belongs = {
    line: 1,
    column: 1,
    path: 'metadata.uid',
    message: `uid "${uid}" already belongs to pod "default/web" in ${file}`,
  };

  test('the running one keeps it, wherever the other file stands', () => {
    for (const rival of ['/m/a.yaml', '/m/z.yaml']) {
      const files = [goodFile(file, web), goodFile(rival, thief)].sort((a, b) => (a.file < b.file ? -1 : 1));
      const { targets, refused } = find({ manifests: manifestsOf(...files) });
      expect([...targets.values()]).toEqual([runTarget(web, { standing: { pod, uses: noObjects } })]);
      expect(refused).toEqual([{ file: rival, ...belongs }]);
    }
  });

  test('the running one keeps it while its file is broken', () => {
    const manifests = manifestsOf(goodFile('/m/a.yaml', thief), badFile(file));
    const { targets, refused } = find({ manifests });
    expect([...targets.values()]).toEqual([runTarget(pod, { stale: true })]);
    expect(refused).toEqual([{ file: '/m/a.yaml', ...belongs }]);
  });

  test('of two new ones the first has it', () => {
    const manifests = manifestsOf(goodFile(file, web), goodFile('/m/z.yaml', thief));
    const { targets, refused } = find({ manifests, records: [], own: [] });
    expect([...targets.values()]).toEqual([runTarget(web)]);
    expect(refused).toEqual([{ file: '/m/z.yaml', ...belongs }]);
  });

  test('a pod that is renamed under its UID: the old one goes before the new one comes', () => {
    expect(targetsOf({ manifests: manifestsOf(goodFile(file, thief)) })).toEqual([removeTarget]);
  });
});

describe('two files with one name', () => {
  const twice = (message: string) => ({ line: 1, column: 1, path: 'metadata.name', message });

  test('the recorded one stays; the other is refused, naming both', () => {
    const manifests = manifestsOf(goodFile('/m/a.yaml', edited), goodFile(file, pod));
    const { targets, refused } = find({ manifests });
    expect([...targets.values()]).toEqual([runTarget(pod)]);
    expect(refused).toEqual([
      { file: '/m/a.yaml', ...twice(`pod "default/web" is already defined by ${file}`) },
    ]);
  });

  test('of new ones the first in path order has it, in whatever order directories are read', () => {
    const manifests = manifestsOf(goodFile('/m/z.yaml', pod), goodFile('/m/a.yaml', edited));
    const { targets, refused } = find({ manifests, records: [], own: [] });
    expect([...targets.values()]).toEqual([
      runTarget(edited, { uid: asPodUid('new-default/web'), file: '/m/a.yaml' }),
    ]);
    expect(refused).toEqual([
      { file: '/m/z.yaml', ...twice('pod "default/web" is already defined by /m/a.yaml') },
    ]);
  });

  test('of two documents in one file the first has it', () => {
    const { targets, refused } = find({
      manifests: manifestsOf(goodFile(file, edited, pod)),
      records: [],
      own: [],
    });
    expect([...targets.values()]).toMatchObject([{ pod: edited }]);
    expect(refused).toEqual([
      { file, ...twice(`pod "default/web" is already defined by ${file}`), line: 11 },
    ]);
  });

  test('a broken recorded file keeps its pod against a good one', () => {
    const manifests = manifestsOf(goodFile('/m/a.yaml', edited), badFile(file));
    const { targets, refused } = find({ manifests });
    expect([...targets.values()]).toEqual([runTarget(pod, { stale: true })]);
    expect(refused).toEqual([
      {
        file: '/m/a.yaml',
        ...twice(
          `pod "default/web" is already defined by ${file} (which cannot be used now; its last good version runs)`,
        ),
      },
    ]);
  });

  test('the same name in another namespace is another pod', () => {
    const elsewhere = makePod({ metadata: { namespace: 'prod' } });
    expect(targetsOf({ manifests: manifestsOf(goodFile(file, pod, elsewhere)) })).toEqual([
      runTarget(pod),
      runTarget(elsewhere, { uid: asPodUid('new-prod/web') }),
    ]);
  });
});

describe("another tinylet's pod of the same name", () => {
  const foreign = [makeSandbox({ uid: other, labels: { 'tinylet.dev/owner': asOwnerId('them') } })];

  test('blocks ours with that reason', () => {
    expect(targetsOf({ foreign, records: [], own: [] })).toMatchObject([
      { kind: 'run', blocked: { reason: 'PodNameInUse', message: expect.stringContaining('"default/web"') } },
    ]);
  });

  test('is never a target, and does not block other names', () => {
    const elsewhere = makePod({ metadata: { name: 'other' } });
    const manifests = manifestsOf(goodFile(file, elsewhere));
    const targets = targetsOf({ manifests, foreign, records: [], own: [] });
    expect(targets).toEqual([runTarget(elsewhere, { uid: asPodUid('new-default/other') })]);
  });
});

test('an orphan of the same name beside the recorded pod goes, and the pod waits for it before it makes a sandbox', () => {
  const orphan = makeSandbox({ uid: other });
  expect(targetsOf({ own: [makeSandbox(), orphan] })).toEqual([
    runTarget(pod, {
      blocked: { ...terminating, message: terminating.message.replace(uid, other) },
    }),
    { kind: 'remove', uid: other, key: podKey(pod.metadata), file },
  ]);
});
