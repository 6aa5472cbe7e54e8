import { expect, test } from 'vitest';
import { asPodUid, label, type Pod, type PodUid } from '../../../src/pod/index.ts';
import { type InventoryInput, inventoryOf } from '../../../src/reconcile/inventory.ts';
import { emptySnapshot } from '../../../src/reconcile/snapshot.ts';
import type { Target } from '../../../src/targets/index.ts';
import {
  makeContainer,
  makeInstance,
  makePod,
  makeRecord,
  makeSandbox,
  pod,
  removeTarget,
  runTarget,
  uid,
} from '../plan/base.ts';
import { goodFile, manifestsOf } from '../targets/manifests.ts';

const nothing: InventoryInput = {
  ...{ records: [], targets: new Map(), snapshot: emptySnapshot, manifests: manifestsOf(), complete: true },
};
const inventory = (changes: Partial<InventoryInput>) => inventoryOf({ ...nothing, ...changes });
const images = (changes: Partial<InventoryInput>) => [...inventory(changes).images].sort();
const targets = (...all: Target[]) => new Map(all.map((target): [PodUid, Target] => [target.uid, target]));

/** A pod whose only container has this image. */
function podWith(image: string): Pod {
  return makePod({ spec: { containers: [makeContainer('app', { image })] } });
}

test('of nothing is complete and empty', () => {
  expect(inventory({})).toEqual({ complete: true, knownUids: new Set(), images: new Set(), containers: [] });
});

test('is not complete while the loop does not know everything, or a directory cannot be read', () => {
  expect(inventory({ complete: false }).complete).toBe(false);
  const unreadable = { state: 'unreadable', directory: '/m', reason: 'EACCES' } as const;
  const { directories } = manifestsOf();
  expect(inventory({ manifests: { directories: [...directories, unreadable] } }).complete).toBe(false);
});

test('knows the pods that are wanted, leaving, on record, and in the runtime', () => {
  const [wanted, leaving, recorded, running] = ['wanted', 'leaving', 'recorded', 'running'].map(asPodUid);
  const { knownUids } = inventory({
    records: [makeRecord({ uid: recorded ?? uid })],
    targets: targets(runTarget(pod, { uid: wanted ?? uid }), { ...removeTarget, uid: leaving ?? uid }),
    snapshot: { ...emptySnapshot, pods: new Map([[running ?? uid, { sandboxes: [], containers: [] }]]) },
  });
  expect([...knownUids].sort()).toEqual(['leaving', 'recorded', 'running', 'wanted']);
});

test('names the images of every version on record: in force, the one before, and the one that failed', () => {
  const record = makeRecord({
    ...{ pod: podWith('now:1'), previous: podWith('before:1') },
    rejected: { pod: podWith('failed:1'), atMs: 0, message: '' },
  });
  expect(images({ records: [record] })).toEqual(['before:1', 'failed:1', 'now:1']);
});

test('names those of init containers and of image volumes', () => {
  const of = makePod({
    spec: {
      initContainers: [makeContainer('init')],
      volumes: [{ name: 'm', source: { kind: 'image', reference: 'weights:1', pullPolicy: 'Always' } }],
    },
  });
  expect(images({ targets: targets(runTarget(of)) })).toEqual(['app:1', 'init:1', 'log:1', 'weights:1']);
});

test('names those of pods that no target is made of: another file has their name', () => {
  const manifests = manifestsOf(goodFile('/m/a.yaml', podWith('a:1')), goodFile('/m/b.yaml', podWith('b:1')));
  expect(images({ manifests })).toEqual(['a:1', 'b:1']);
});

test('has every container of ours', () => {
  const names = { [label.podNamespace]: 'default', [label.podName]: 'web' };
  const app = { ...makeInstance('app'), labels: names };
  const dead = { ...makeInstance('app', { attempt: 3, state: 'exited' }), labels: names };
  const snapshot = {
    ...emptySnapshot,
    pods: new Map([[uid, { sandboxes: [makeSandbox()], containers: [app, dead] }]]),
  };
  const place = { uid, namespace: 'default', pod: 'web', container: 'app' };
  expect(inventory({ snapshot }).containers).toEqual([
    { ...place, id: app.id, attempt: 0, running: true },
    { ...place, id: dead.id, attempt: 3, running: false },
  ]);
});
