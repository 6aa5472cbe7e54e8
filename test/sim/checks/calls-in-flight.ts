import type { CheckOf } from './check.ts';

/** Never two changing calls in flight for one pod, except the parallel stops that one plan begins at one instant. */
export const callsInFlight: CheckOf = (facts, violate) => ({
  onCall(call) {
    if (call.uid === undefined) return;
    for (const other of facts.inFlight.values()) {
      if (other.uid !== call.uid || other.sequence === call.sequence) continue;
      const together =
        call.name === 'StopContainer' && other.name === 'StopContainer' && other.atMs === call.atMs;
      if (!together)
        violate('calls-in-flight', call.name, 'begins while', other.name, 'is in flight for pod', call.uid);
    }
  },
});
