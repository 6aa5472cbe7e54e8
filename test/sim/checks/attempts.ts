import type { PodUid } from '../../../src/pod/index.ts';
import type { CheckOf } from './check.ts';

/** The restart count of a container only grows within one life of its pod, as long as the manifest goes on naming it. */
export const attempts: CheckOf = (facts, violate) => ({
  onCall({ name, request, uid = '' }) {
    if (name !== 'CreateContainer') return;
    const { name: container = '', attempt = 0 } = request.config?.metadata ?? {};
    const last = facts.instancesOf(uid, container).at(-1);
    if (last === undefined || attempt > last.attempt) return;
    // Without its record a removal that was begun may be given up halfway: what it had removed is not counted any more.
    if (facts.records.get(uid as PodUid) === undefined || facts.lostRecords.has(uid)) return;
    // One that was never started has no log to count from.
    const hasRun = last.startedAtMs !== undefined || last.exitedAtMs !== undefined;
    if (!hasRun && last.removed === true && attempt === last.attempt) return;
    if (last.madeUnseen && attempt === last.attempt) return;
    violate('restart-count', container, 'of', last.key, 'goes from', last.attempt, 'to', attempt);
  },
});
