import type { ManifestMessage } from '../manifest/index.ts';
import { annotation, type PodUid, podKey } from '../pod/index.ts';
import type { Claim } from './claims.ts';
import { cyclesOf, cycleText, orderOf } from './start-after.ts';
import type { RunTarget, Target } from './target.ts';

interface Fallbacks {
  /** Where the pods that a file defines stand. */
  readonly winners: ReadonlyMap<PodUid, Claim>;
  /** What a pod goes on as. Undefined where there was nothing before. */
  readonly back: (target: RunTarget) => Target | undefined;
}

/**
 * Pods that would wait for each other are refused, each by its file: what is known of them goes on as it was, and the others are not
 * wanted. That may lead back to versions which wait for others still; in the end no version that was not there before is left in a cycle.
 */
export function refuseCycles(targets: Map<PodUid, Target>, { winners, back }: Fallbacks): ManifestMessage[] {
  const refused = new Map<PodUid, ManifestMessage>();
  for (;;) {
    const running = [...targets.values()].filter((target) => target.kind === 'run');
    const cycles = cyclesOf(orderOf(running.map(({ pod }) => pod)));
    const news = running.flatMap((target) => {
      const cycle = cycles.get(podKey(target.pod.metadata));
      return cycle === undefined || refused.has(target.uid) ? [] : { target, cycle };
    });
    if (news.length === 0) return [...refused.values()];
    for (const { target, cycle } of news) {
      const { uid, file } = target;
      const { line = 1 } = winners.get(uid) ?? {};
      const path = `metadata.annotations[${annotation.startAfter}]`;
      refused.set(uid, { file, line, column: 1, path, message: `cycle: ${cycleText(cycle)}` });
      const stays = back(target);
      if (stays === undefined) targets.delete(uid);
      else targets.set(uid, stays);
    }
  }
}
