import { expect, test } from 'vitest';
import { runningContainers } from '../../../src/daemon/running-containers.ts';
import type { ObservedContainer } from '../../../src/pod/index.ts';
import type { Snapshot } from '../../../src/reconcile/index.ts';
import type { PodView } from '../../../src/store/index.ts';
import { imageId, makeContainer, makeInstance, makePod, makeRecord, pod, uid } from '../plan/base.ts';

function view(changed: Partial<PodView> = {}): PodView {
  return {
    ...{ uid, namespace: 'default', name: 'web', file: '/m/web.yaml', basis: [], status: () => undefined },
    ...{ pod, record: makeRecord() },
    ...changed,
  };
}

/** What is told where the runtime lists these containers of the pod `web`. */
function told(containers: ObservedContainer[], pods = [view()]) {
  const snapshot: Snapshot = {
    ...{ number: 1, own: [], foreign: [] },
    pods: new Map([[uid, { sandboxes: [], containers }]]),
  };
  return runningContainers({ snapshot, pods });
}

const app = { podUid: uid, namespace: 'default', pod: 'web', container: 'app', image: 'app:1' };

test('what runs, with its image by the name in the manifest', () => {
  expect(told([makeInstance('app'), makeInstance('log')])).toEqual([
    app,
    { ...app, container: 'log', image: 'log:1' },
  ]);
});

test('nothing else', () => {
  const states = ['created', 'exited', 'unknown'] as const;
  expect(told(states.map((state, attempt) => makeInstance('app', { state, attempt })))).toEqual([]);
});

test('by the version that was started, not the one that waits for its turn', () => {
  const next = makePod({ spec: { containers: [makeContainer('app', { image: 'app:2' })] } });
  expect(told([makeInstance('app')], [view({ pod: next })])).toEqual([app]);
  expect(told([makeInstance('app')], [view({ pod: next, record: undefined })])).toEqual([
    { ...app, image: 'app:2' },
  ]);
});

test('of a pod or container that nothing is known of, the image as the runtime has it', () => {
  expect(told([makeInstance('app')], [])).toEqual([{ ...app, image: imageId }]);
  const gone = makeInstance('gone');
  expect(told([gone])).toEqual([{ ...app, container: 'gone', image: imageId }]);
});
