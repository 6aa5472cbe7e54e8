import type { EphemeralContainer } from '../pod/index.ts';
import type { Fate } from './fate.ts';
import type { FateContext } from './fate-of.ts';

/**
 * What is to become of an ephemeral container: it is made once, in the sandbox that is there, and once it has begun it is never begun
 * again (kubelet: computePodActions). Where the runtime has forgotten it, its log tells that it was there.
 */
export function fateOfEphemeral(container: EphemeralContainer, context: FateContext): Fate {
  const { instances, sandbox, observed } = context;
  const [latest] = instances.get(container.name) ?? [];
  if (latest === undefined) {
    const hasRun = (observed.nextAttempts.get(container.name) ?? 0) > 0;
    return hasRun ? { kind: 'done' } : { kind: 'create', attempt: 0, step: 0, atMs: 0 };
  }
  const isStopped = context.record?.stops[latest.id] !== undefined;
  const inPlace = latest.sandboxId === sandbox?.id && !isStopped;
  switch (latest.state) {
    case 'running':
      return inPlace ? { kind: 'keep' } : { kind: 'stop', instance: latest, stop: {} };
    case 'unknown':
      return { kind: 'stop', instance: latest, stop: {} };
    case 'created':
      return inPlace ? { kind: 'start', instance: latest } : { kind: 'done' };
    case 'exited':
      return { kind: 'done' };
  }
}
