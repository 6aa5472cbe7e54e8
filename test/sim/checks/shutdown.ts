import type { CheckOf } from './check.ts';

const MAKING = new Set(['RunPodSandbox', 'CreateContainer', 'StartContainer']);

/** A daemon that was told to stop begins nothing new; one that shuts the node down makes nothing of a pod that it has begun to stop. */
export const shutdown: CheckOf = (facts, violate) => ({
  onCall({ name, uid }) {
    const isHalting =
      facts.halting !== undefined &&
      MAKING.has(name) &&
      [...facts.instances.values()].some(
        ({ uid: of, stop }) => of === uid && stop?.cause === 'shutdown' && stop.beganAtMs >= facts.haltedAtMs,
      );
    if (isHalting) violate('shutdown', name, 'for pod', uid, 'which is stopped with the node');
    // The other half of a stop that was begun.
    if (name === 'RemovePodSandbox') return;
    if (facts.daemonStopping)
      violate('shutdown', name, 'is begun for pod', uid, 'after the daemon was told to stop');
  },
});
