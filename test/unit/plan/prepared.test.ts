import { describe, expect, test } from 'vitest';
import { begun, done, type Prepared } from '../../../src/plan/prepared.ts';
import { act, makePod, runTarget } from './base.ts';

/** What was made for a pod is made once, and anew where the manifest asks for something else (kubelet: SetUp of each volume plugin is idempotent). */

const volumes = [{ name: 'data', source: { kind: 'emptyDir', medium: '' } }] as const;
const target = runTarget(makePod({ spec: { volumes } }));
const setUp = act.setUp({ setups: [{ kind: 'empty-dir', volume: 'data', medium: 'disk' }] });
const setUpCgroup = act.setUpCgroup({ path: '/kubepods/pod1', qos: 'Guaranteed', cpuShares: 2 });

const made = {
  of: JSON.stringify(volumes),
  request: '{"setups":[{"kind":"empty-dir","volume":"data","medium":"disk"}]}',
};
const cgroup = '{"path":"/kubepods/pod1","qos":"Guaranteed","cpuShares":2}';
const all: Prepared = { volumes: made, cgroup };

describe('what was done is known as text', () => {
  test.each([
    ['volumes', {}, setUp, { volumes: made }],
    ['a cgroup', { volumes: made }, setUpCgroup, all],
    ['that an ended pod was cleared', { cgroup }, act.clear, { cgroup, cleared: true }],
    ['volumes of a pod that was cleared', { cgroup, cleared: true }, setUp, all],
    ['nothing of a pod that is gone', { cleared: true }, act.deleteRecord, {}],
    ['nothing by any other action', all, act.run(0), all],
  ] as const)('%s', (_case, before, action, after) => {
    expect(done(before, action, target)).toEqual(after);
  });
});

describe('what begins may fail halfway and is in doubt until it is done', () => {
  test.each([
    ['volumes: it is known only what they were made for', all, setUp, { volumes: { of: made.of }, cgroup }],
    ['volumes that were never made', { cgroup }, setUp, { cgroup }],
    ['a cgroup', all, setUpCgroup, { volumes: made }],
    ['a cgroup that is removed', all, act.removeCgroup, { volumes: made }],
    ['volumes that are torn down', all, act.tearDown, { cgroup }],
    ['nothing else', all, act.run(0), all],
  ] as const)('%s', (_case, before, action, after) => {
    expect(begun(before, action)).toEqual(after);
  });
});
