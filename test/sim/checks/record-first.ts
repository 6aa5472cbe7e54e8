import type { CheckOf } from './check.ts';

const MAKING = new Set(['RunPodSandbox', 'CreateContainer', 'StartContainer']);

/** A pod is on record before anything is made for it, and nothing is made for it once its removal is. */
export const recordFirst: CheckOf = (facts, violate) => ({
  onCall({ name, uid = '' }) {
    if (!MAKING.has(name)) return;
    if (!facts.everSaved.has(uid)) violate('record-first', name, 'for pod', uid, 'which is not on record');
    if (facts.deleting.has(uid)) violate('dead-uid', name, 'for pod', uid, 'whose removal is on record');
  },
});
