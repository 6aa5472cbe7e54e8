import type { Pod, PodUid, Volume } from '../../../src/pod/index.ts';
import type { VolumeSetup } from '../../../src/volumes/index.ts';
import type { Facts } from '../facts.ts';
import { filesFrom, isComplete, type Objects } from '../made-from.ts';
import type { CheckOf } from './check.ts';

/**
 * What a pod has on the machine is there before those who use it and goes after them: volumes and cgroup before the sandbox, the
 * files of an instance before it is made, nothing torn down under what runs, and nothing left when the pod is gone.
 */
export const volumes: CheckOf = (facts, violate) => ({
  onCall({ name, request, uid = '' }) {
    if (name === 'CreateContainer') {
      const { name: container, attempt = 0 } = request.config?.metadata ?? {};
      if (facts.volumes.get(uid as PodUid)?.prepared.has(`${container}/${attempt}`) !== true)
        violate('container-files', container, attempt, 'of pod', uid, 'is made before its files');
    }
    const pod = name === 'RunPodSandbox' ? facts.versions.of(request.config?.annotations) : undefined;
    if (pod === undefined) return;
    for (const volume of pod.spec.volumes ?? []) {
      const wrong = wrongAt(facts, { uid, pod }, volume);
      if (wrong !== undefined)
        violate('volumes-first', 'volume', volume.name, 'of', pod.metadata.name, wrong, 'before its sandbox');
    }
    if (facts.hasCgroups && facts.cgroups.get(uid as PodUid) === undefined)
      violate('cgroup-first', pod.metadata.name, 'has no cgroup before its sandbox');
  },
  onTearDown(uid) {
    const running = [...facts.instances.values()].find((each) => each.uid === uid && facts.isRunning(each));
    if (running !== undefined) violate('torn-too-early', 'volumes of', uid, 'while', running.name, 'runs');
    const isEvicted = facts.records.get(uid as PodUid)?.ended?.reason === 'Evicted';
    const left = facts.sandboxesOf(uid).find((sandbox) => facts.isReady(sandbox) || !isEvicted);
    if (left !== undefined) violate('torn-too-early', 'volumes of', uid, 'while there is a sandbox');
  },
  onRecordRemoved(uid) {
    if (facts.volumes.get(uid as PodUid) !== undefined) violate('left-behind', 'volumes of', uid);
    if (facts.cgroups.get(uid as PodUid) !== undefined) violate('left-behind', 'the cgroup of', uid);
  },
});

function wrongAt(facts: Facts, { uid, pod }: { uid: string; pod: Pod }, volume: Volume): string | undefined {
  const setup = facts.volumes.get(uid as PodUid)?.volumes.get(volume.name);
  if (setup === undefined) return 'is not made';
  const said = facts.recentObjects();
  // Where an object is missing, the files stay as they were.
  const isRight = said.some((objects) => !isComplete(pod, objects) || hasFiles(setup, volume, objects));
  return isRight ? undefined : 'is not what its objects say';
}

/** Whether a volume holds what these objects say; one that is no volume of files holds whatever it holds. */
export function hasFiles(setup: VolumeSetup | undefined, volume: Volume, objects: Objects): boolean {
  const wanted = filesFrom(volume, objects);
  if (wanted === undefined) return setup !== undefined;
  if (setup?.kind !== 'files') return false;
  return (
    setup.files.length === wanted.size && setup.files.every(({ path, base64 }) => wanted.get(path) === base64)
  );
}
