import { pullName } from '../../../src/images/index.ts';
import type { CheckOf } from './check.ts';

/** Under Always every instance is made after a pull of its own that succeeded. */
export const pullPolicy: CheckOf = (facts, violate) => {
  const pulledAtMs = new Map<string, number>();
  return {
    onEnd({ name, request }, failed) {
      const { image } = request as { image?: { image?: string } };
      if (name === 'PullImage' && !failed) pulledAtMs.set(image?.image ?? '', facts.clock.monotonicMs());
    },
    onCall({ name, request, uid = '' }) {
      if (name !== 'CreateContainer') return;
      const container = request.config?.metadata?.name ?? '';
      const pod = facts.versions.of(request.sandbox_config?.annotations);
      const spec = pod?.spec.containers.find((each) => each.name === container);
      if (spec?.imagePullPolicy !== 'Always') return;
      // One that was made and never started leaves its image to the next.
      const before = facts
        .instancesOf(uid, container)
        .findLast(
          ({ startedAtMs, exitedAtMs, removed }) => (startedAtMs ?? exitedAtMs) !== undefined || !removed,
        );
      const since = before?.createdAtMs ?? 0;
      const pulled = pulledAtMs.get(pullName(spec.image) ?? '');
      if (pulled === undefined || pulled < since)
        violate('pull-policy', container, 'of pod', uid, 'is made without a pull');
    },
  };
};
