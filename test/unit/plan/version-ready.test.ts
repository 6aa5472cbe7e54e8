import { expect, test } from 'vitest';
import type { PlanInput } from '../../../src/plan/plan-input.ts';
import { isVersionReady } from '../../../src/plan/version-ready.ts';
import { asContainerId, type Container, type Pod, type Probe } from '../../../src/pod/index.ts';
import { detailsOf, makeContainer, makeInstance, makePod, makeRecord, nowMs, observe } from './base.ts';

/** Whether a version is Ready as its pod's condition says (kubelet: status/generate.go, GeneratePodReadyCondition), or has Succeeded. */

const id = asContainerId('app-0');
const podOf = (app: Partial<Container>, spec: Partial<Pod['spec']> = {}): Pod =>
  makePod({ spec: { containers: [makeContainer('app', app)], ...spec } });
const probe: Probe = {
  handler: { kind: 'exec', command: ['true'] },
  ...{
    initialDelaySeconds: 0,
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  },
};
const hooked = podOf({ lifecycle: { postStart: { kind: 'sleep', seconds: 60 } } });
const exited = (exitCode: number) =>
  observe({
    containers: [makeInstance('app', { state: 'exited' })],
    details: { [id]: detailsOf({ exitCode, finishedAtMs: nowMs }) },
  });

type Seen = Pick<PlanInput, 'observed' | 'health' | 'record' | 'hook'>;

test.each<[string, Pod, Partial<Seen>, boolean]>([
  ['it runs', podOf({}), {}, true],
  ['its sandbox is gone', podOf({}), { observed: observe({ sandboxes: [], containers: [] }) }, false],
  ['it is of another version', podOf({ image: 'app:2' }), {}, false],
  [
    'it is about to be replaced',
    podOf({}),
    { record: makeRecord({ stops: { [id]: { startedAtMs: 0, graceSeconds: 2 } } }) },
    false,
  ],
  ['it was not probed yet', podOf({ readinessProbe: probe }), {}, false],
  [
    'it is probed',
    podOf({ readinessProbe: probe }),
    { health: new Map([[id, { started: true, ready: true }]]) },
    true,
  ],
  ['its hook runs', hooked, { hook: () => ({ state: 'running' }) }, false],
  ['its hook is over', hooked, { hook: () => ({ state: 'done' }) }, true],
  [
    'its hook was over before this daemon came',
    hooked,
    { record: makeRecord({ starts: { [id]: { postStart: 'done' } } }) },
    true,
  ],
  ['it has a gate', podOf({}, { readinessGates: ['example.org/lb'] }), {}, false],
  ['it has succeeded', podOf({}, { restartPolicy: 'OnFailure' }), { observed: exited(0) }, true],
  ['it has failed', podOf({}, { restartPolicy: 'OnFailure' }), { observed: exited(1) }, false],
])('whether a version is Ready: %s', (_case, pod, changes, ready) => {
  const observed = observe({ containers: [makeInstance('app')] });
  const seen: Seen = {
    observed,
    health: new Map(),
    record: makeRecord(),
    hook: () => ({ state: 'none' }),
    ...changes,
  };
  expect(isVersionReady(pod, seen)).toBe(ready);
});
