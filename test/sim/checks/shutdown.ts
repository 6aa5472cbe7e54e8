import type { CheckOf } from './check.ts';

/** A daemon that was told to stop begins nothing new. */
export const shutdown: CheckOf = (facts, violate) => ({
  onCall({ name, uid }) {
    // The other half of a stop that was begun.
    if (name === 'RemovePodSandbox') return;
    if (facts.daemonStopping)
      violate('shutdown', name, 'is begun for pod', uid, 'after the daemon was told to stop');
  },
});
