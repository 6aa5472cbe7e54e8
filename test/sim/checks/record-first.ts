import type { CheckOf } from './check.ts';

const MAKING = new Set(['RunPodSandbox', 'CreateContainer', 'StartContainer']);

/** A pod is on record before anything is made for it, and nothing is made for it once its removal is. */
export const recordFirst: CheckOf = (facts, violate) => ({
  onCall({ name, uid = '', atMs }) {
    if (!MAKING.has(name)) return;
    if (!facts.everSaved.has(uid)) violate('record-first', name, 'for pod', uid, 'which is not on record');
    // What was deleted in this very instant is not known to whoever makes something for it.
    if ((facts.deleting.get(uid) ?? atMs) < atMs)
      violate('dead-uid', name, 'for pod', uid, 'whose removal is on record');
  },
});
