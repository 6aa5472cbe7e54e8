import type { Container, Pod } from '../../../src/pod/index.ts';
import type { Facts } from '../facts.ts';
import type { Instance } from '../instance.ts';
import { isPlainInit } from '../policy.ts';
import type { CheckOf } from './check.ts';
import { sinceRestartOfAll } from './restarts.ts';

/**
 * Init containers run one by one: none is made before all earlier ones have succeeded, or, those that go on, have started; and no other
 * container before all of them.
 */
export const initOrder: CheckOf = (facts, violate) => ({
  onCall({ name, request, uid = '' }) {
    const pod = facts.versions.of(request.sandbox_config?.annotations);
    if (name !== 'CreateContainer' || pod === undefined) return;
    const { initContainers = [], containers } = pod.spec;
    const asked = request.config?.metadata?.name;
    const sandboxId = request.pod_sandbox_id ?? '';
    const place = initContainers.findIndex((each) => each.name === asked);
    const isBegun = containers.some((each) => made(facts, { uid, name: each.name, sandboxId }).length > 0);
    if (isBegun) return;
    for (const earlier of place < 0 ? initContainers : initContainers.slice(0, place)) {
      const instances = made(facts, { uid, name: earlier.name, sandboxId });
      if (!instances.some((each) => isBehindUs(facts, each, { pod, container: earlier })))
        violate('init-order', asked, 'of', pod.metadata.name, 'is made before', earlier.name, 'is done');
    }
  },
});

interface Place {
  readonly uid: string;
  readonly name: string;
  readonly sandboxId: string;
}

function made(facts: Facts, { uid, name, sandboxId }: Place): Instance[] {
  return sinceRestartOfAll(facts, uid, name).filter((each) => each.sandboxId === sandboxId);
}

function isBehindUs(
  facts: Facts,
  instance: Instance,
  { pod, container }: { readonly pod: Pod; readonly container: Container },
): boolean {
  if (isPlainInit(container, pod)) return instance.exitedAtMs !== undefined && instance.exitCode === 0;
  if (instance.startedAtMs === undefined) return false;
  const hasProbe = instance.container.startupProbe !== undefined && container.startupProbe !== undefined;
  return !hasProbe || (facts.lives.probe(instance.id, 'startup')?.mostSuccesses ?? 0) > 0;
}
