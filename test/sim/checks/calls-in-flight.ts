import type { Call } from '../call.ts';
import type { Facts } from '../facts.ts';
import type { CheckOf } from './check.ts';

/**
 * Never two changing calls in flight for one pod, except that stops go on beside each other and beside the removal of what is dead:
 * never two for one container, nothing under its feet, and nothing is made or started meanwhile.
 */
export const callsInFlight: CheckOf = (facts, violate) => ({
  onCall(call) {
    if (call.uid === undefined) return;
    for (const other of facts.inFlight.values()) {
      if (other.uid !== call.uid || other.sequence === call.sequence) continue;
      if (!isBesideStop(facts, call, other) && !isBesideStop(facts, other, call))
        violate('calls-in-flight', call.name, 'begins while', other.name, 'is in flight for pod', call.uid);
    }
  },
});

function isBesideStop(facts: Facts, call: Call, stop: Call): boolean {
  const { container_id: stopped = '' } = stop.request;
  if (stop.name !== 'StopContainer') return false;
  // What has ended is not stopped any more, even if the runtime does not say so.
  if (!facts.isRunning({ id: stopped })) return true;
  switch (call.name) {
    case 'StopContainer':
    case 'RemoveContainer':
      return call.request.container_id !== stopped;
    case 'StopPodSandbox':
    case 'RemovePodSandbox':
      return call.request.pod_sandbox_id !== facts.instances.get(stopped)?.sandboxId;
    default:
      return false;
  }
}
