import { pullName } from '../../../src/images/index.ts';
import { allContainers, type Container, type Pod, type PodUid } from '../../../src/pod/index.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import { asWritten, isSameSpec } from '../as-written.ts';
import type { Facts } from '../facts.ts';
import { lacks, lacksForVolumes } from '../made-from.ts';
import { isPlainInit } from '../policy.ts';
import { VERSION_ANNOTATION } from '../random-pods.ts';
import { sameContainer, samePodLevel } from '../same-version.ts';
import type { CheckOf } from './check.ts';

/**
 * A version takes the place of one that runs only when it can be had: its images are there, and its objects. One that was given up
 * does not come back before the manifest said something else.
 */
export const gentleUpdate: CheckOf = (facts, violate) => {
  /** Since when each pod has the spec that it has. */
  const takenAtMs = new Map<string, number>();
  return {
    onSaved(record, before) {
      const wasTakenAtMs = takenAtMs.get(record.uid) ?? Number.NEGATIVE_INFINITY;
      if (before !== undefined && !isSameSpec(facts, before, record))
        takenAtMs.set(record.uid, facts.clock.monotonicMs());
      if (before === undefined || versionOf(before.pod) === versionOf(record.pod)) return;
      const { rejected } = before;
      if (rejected !== undefined && versionOf(rejected.pod) === versionOf(record.pod))
        violate(
          'rejected-again',
          record.name,
          'takes up version',
          versionOf(record.pod),
          'that it had given up',
        );
      const isBack =
        record.rejected !== undefined && versionOf(record.rejected.pod) === versionOf(before.pod);
      if (isBack) {
        const early = tooEarly(facts, before, wasTakenAtMs);
        if (early !== undefined) violate('rollback-early', record.name, early);
        // What is ended at once takes nobody's place: it is the end that stops what runs.
      } else if ((before.ended ?? record.ended) === undefined && runs(facts, record.uid)) {
        const missing = missingFor(facts, record);
        if (missing !== undefined)
          violate('gentle-update', record.name, 'takes up a version without', missing);
      }
    },
  };
};

function versionOf({ metadata }: Pod): string | undefined {
  return metadata.annotations[VERSION_ANNOTATION];
}

/** A version that is not Ready has its time before it gives way, which begins when nothing of another one is left. */
function tooEarly(facts: Facts, record: PodRecord, takenAtMs: number): string | undefined {
  if (record.ready === true) return 'gives up a version that was Ready';
  const pod = asWritten(facts, record);
  const others = [...facts.instances.values()].filter(
    (each) =>
      each.uid === record.uid &&
      each.startedUnseen !== true &&
      !(samePodLevel(each.pod, pod) && sameContainer(each, pod)),
  );
  if (others.some((each) => facts.isRunning(each))) return 'gives its version up while another one ends';
  const deadline = pod.metadata.annotations['tinylet.dev/progress-deadline'] ?? '60s';
  const beganMs = Math.max(takenAtMs, facts.daemonStartedMs, ...others.map((each) => each.exitedAtMs ?? 0));
  const earlyMs = beganMs + Number.parseInt(deadline, 10) * 1_000 - facts.clock.monotonicMs();
  return earlyMs > 0 ? `gives its version up ${earlyMs} ms too early` : undefined;
}

function runs(facts: Facts, uid: PodUid): boolean {
  return [...facts.instances.values()].some(
    (each) => each.uid === uid && facts.isRunning(each) && each.startedUnseen !== true,
  );
}

/** What of the new version is not there, of what it makes anew. */
function missingFor(facts: Facts, { uid }: PodRecord): string | undefined {
  const pod = facts.recordedPod(uid);
  if (pod === undefined) return undefined;
  const said = facts.recentObjects();
  const newest = facts.sandboxesOf(uid).sort((a, b) => b.attempt - a.attempt)[0];
  const anew = newest === undefined || !facts.isReady(newest) || !samePodLevel(newest.pod, pod);
  const made = allContainers(pod).filter((each) =>
    anew ? true : isMade(facts, { uid, pod, container: each }),
  );
  if (made.length > 0 && anew && said.every((objects) => lacksForVolumes(pod, objects))) return 'its volumes';
  return made.find(
    (each) =>
      !facts.model.hasImage(pullName(each.image) ?? '') || said.every((objects) => lacks(each, objects)),
  )?.name;
}

/** In the same sandbox: what is not of this version, whether or not it runs. */
function isMade(
  facts: Facts,
  { uid, pod, container }: { readonly uid: string; readonly pod: Pod; readonly container: Container },
): boolean {
  const last = facts.instancesOf(uid, container.name).at(-1);
  if (isPlainInit(container, pod) || last === undefined) return false;
  return !sameContainer(last, pod);
}
