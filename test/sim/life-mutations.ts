import type { ManifestFile, ManifestObject } from '../../src/manifest/index.ts';
import {
  annotation,
  asContainerId,
  type Container,
  type ContainerId,
  isSidecar,
  type Pod,
} from '../../src/pod/index.ts';
import type { ProbeOutcome } from '../../src/probes/index.ts';
import { withCri, withEachPod, withFiles, withManifests, withPods } from './alterations.ts';
import { isSameSpec } from './as-written.ts';
import type { Mutation } from './mutations.ts';
import type { Alter, World } from './world.ts';

const WELL: ProbeOutcome = { result: 'success', message: '' };
const ILL: ProbeOutcome = { result: 'failure', message: 'made up' };

/** Daemons that are wrong about a pod's life: what follows what, who is well, and who gives way to whom. */
export const LIFE_MUTATIONS: readonly Mutation[] = [
  {
    name: 'begins with all containers at once',
    breaks: ['init-order'],
    alter: withPods(({ metadata, spec }) => {
      const { initContainers = [], ...rest } = spec;
      const plain = initContainers.map(({ restartPolicy, ...container }) => container);
      return { metadata, spec: { ...rest, containers: [...plain, ...spec.containers] } };
    }),
  },
  {
    name: 'does not wait for sidecars to start',
    breaks: ['init-order'],
    alter: withPods((pod) => withSidecars(pod, ({ startupProbe, ...container }) => container)),
  },
  {
    name: 'does not wait for postStart hooks',
    breaks: ['post-start'],
    alter: (ports) => ({
      ...ports,
      runHook: async (run, signal) =>
        run.hook === 'postStart' ? undefined : await ports.runHook(run, signal),
    }),
  },
  {
    name: 'skips preStop hooks',
    breaks: ['pre-stop'],
    alter: (ports) => ({
      ...ports,
      runHook: async (run, signal) => (run.hook === 'preStop' ? undefined : await ports.runHook(run, signal)),
    }),
  },
  {
    name: 'lets hooks take the time they like',
    rare: 22,
    breaks: ['pre-stop'],
    alter: (ports) => ({
      ...ports,
      runHook: (run) => ports.runHook(run, new AbortController().signal),
    }),
  },
  {
    name: 'runs hooks twice',
    breaks: ['hook-twice'],
    alter: (ports) => ({
      ...ports,
      runHook: async (run, signal) => {
        await ports.runHook(run, signal);
        await ports.runHook(run, signal);
      },
    }),
  },
  {
    name: 'stops sidecars with the first that is stopped',
    rare: 22,
    breaks: ['sidecar-order'],
    alter: (ports, world) =>
      withCri(({ stopContainer }) => ({
        stopContainer: async (id, seconds, options) => {
          const others = sidecarsBeside(world, id).map((other) => stopContainer(other, seconds, options));
          await Promise.all([...others, stopContainer(id, seconds, options)]);
        },
      }))(ports, world),
  },
  {
    name: 'takes the healthy for sick',
    breaks: ['healthy-stopped'],
    alter: probes('liveness', ILL),
  },
  { name: 'takes the sick for healthy', breaks: ['liveness'], alter: probes('liveness', WELL) },
  { name: 'takes the busy for ready', rare: 42, breaks: ['ready'], alter: probes('readiness', WELL) },
  {
    name: 'gives what fails a probe the grace period of its pod',
    rare: 10,
    breaks: ['grace'],
    alter: withPods((pod) =>
      withContainers(pod, (container) => ({
        ...container,
        ...(container.livenessProbe && { livenessProbe: withoutGrace(container.livenessProbe) }),
        ...(container.startupProbe && { startupProbe: withoutGrace(container.startupProbe) }),
      })),
    ),
  },
  {
    name: 'forgets with how much time a pod was deleted',
    rare: 38,
    deletes: true,
    breaks: ['grace'],
    alter: (ports) => ({
      ...ports,
      records: {
        load: async () => (await ports.records.load()).map(({ deletionGraceSeconds, ...record }) => record),
        save: (record) => ports.records.save(record),
        remove: (uid) => ports.records.remove(uid),
      },
    }),
  },
  {
    name: 'lets stops under way take the time they began with',
    rare: 10,
    deletes: true,
    breaks: ['grace'],
    alter: withCri(({ stopContainer }) => ({
      stopContainer: (id, seconds) => stopContainer(id, seconds, {}),
    })),
  },
  {
    name: 'knows no policies of containers',
    breaks: ['restart-policy'],
    alter: withPods(({ metadata, spec }) => ({
      metadata,
      spec: {
        ...spec,
        containers: spec.containers.map(({ restartPolicy, restartPolicyRules, ...rest }) => rest),
      },
    })),
  },
  {
    name: 'restarts one where all are to be',
    breaks: ['restart-policy'],
    alter: withPods((pod) =>
      withContainers(pod, ({ restartPolicyRules, ...container }) => ({
        ...container,
        ...(restartPolicyRules && {
          restartPolicyRules: restartPolicyRules.map((rule) => ({ ...rule, action: 'Restart' as const })),
        }),
      })),
    ),
  },
  {
    name: 'backs off longer than a pod asks for',
    breaks: ['liveness'],
    alter: withPods((pod) => withoutWish(pod, annotation.crashLoopMax)),
  },
  {
    name: 'believes that every image is there',
    breaks: ['gentle-update'],
    alter: withCri(({ listImages }) => ({
      imageStatus: async () => (await listImages())[0],
    })),
  },
  {
    name: 'takes every look at a version that was given up for an edit',
    rare: 33,
    breaks: ['rejected-again'],
    alter: (ports, world) => {
      let looks = 0;
      const edited = (pod: Pod): Pod => {
        const isGivenUp = world.records.all.some(
          ({ name, rejected }) => name === pod.metadata.name && rejected !== undefined,
        );
        looks += 1;
        const labels = { ...pod.metadata.labels, look: String(looks) };
        return isGivenUp ? { ...pod, metadata: { ...pod.metadata, labels } } : pod;
      };
      return withManifests((snapshot) => withEachPod(snapshot, edited))(ports, world);
    },
  },
  {
    name: 'has no patience with new versions',
    breaks: ['rollback-early'],
    alter: withPods((pod) => {
      const { metadata } = pod;
      const annotations = { ...metadata.annotations, [annotation.progressDeadline]: '1s' };
      return { ...pod, metadata: { ...metadata, annotations } };
    }),
  },
  {
    name: 'takes what it has on record for a good version',
    breaks: ['good-early'],
    alter: (ports, world) => ({
      ...ports,
      records: {
        load: () => ports.records.load(),
        save: (record) => {
          const before = world.records.get(record.uid);
          const isKnown = before !== undefined && isSameSpec(world.facts, before, record);
          return ports.records.save(isKnown ? { ...record, ready: true } : record);
        },
        remove: (uid) => ports.records.remove(uid),
      },
    }),
  },
  {
    name: 'begins pods that are to wait for others',
    breaks: ['start-after'],
    alter: withPods((pod) => withoutWish(pod, annotation.startAfter)),
  },
  {
    name: 'sees late that a pod is gone which began after another',
    rare: 16,
    breaks: ['stop-order'],
    alter: (ports, world) => lateFarewells(world)(ports, world),
  },
];

function probes(kind: string, outcome: ProbeOutcome): Alter {
  return (ports) => ({
    ...ports,
    runProbe: async (call, signal) => {
      const found = await ports.runProbe(call, signal);
      return call.kind === kind ? outcome : found;
    },
  });
}

function withContainers(pod: Pod, change: (container: Container) => Container): Pod {
  const { initContainers, ...spec } = pod.spec;
  const inits = initContainers?.map(change);
  return {
    ...pod,
    spec: { ...spec, containers: spec.containers.map(change), ...(inits && { initContainers: inits }) },
  };
}

function withSidecars(pod: Pod, change: (container: Container) => Container): Pod {
  const { initContainers } = pod.spec;
  if (initContainers === undefined) return pod;
  const changed = initContainers.map((each) => (isSidecar(each, pod) ? change(each) : each));
  return { ...pod, spec: { ...pod.spec, initContainers: changed } };
}

function withoutGrace<T extends { readonly terminationGracePeriodSeconds?: number }>(
  probe: T,
): Omit<T, 'terminationGracePeriodSeconds'> {
  const { terminationGracePeriodSeconds, ...rest } = probe;
  return rest;
}

function withoutWish(pod: Pod, key: string): Pod {
  const { [key]: _, ...annotations } = pod.metadata.annotations;
  return { ...pod, metadata: { ...pod.metadata, annotations } };
}

/** The running sidecars of the pod that a container belongs to. */
function sidecarsBeside({ facts }: World, id: string): ContainerId[] {
  const uid = facts.instances.get(id)?.uid;
  return [...facts.instances.values()]
    .filter((each) => each.uid === uid && each.id !== id && facts.isRunning(each))
    .filter(({ container, pod }) => isSidecar(container, pod))
    .map((each) => asContainerId(each.id));
}

const LATE_MS = 20_000;
type ManifestPod = Extract<ManifestObject, { kind: 'Pod' }>;

/** What the files said some time ago of the pods that begin after others. */
function lateFarewells({ clock }: World): Alter {
  const seen = new Map<string, { readonly atMs: number; readonly found: ManifestPod }>();
  return withFiles((files) => {
    const there = files.flatMap((file) => (file.state === 'accepted' ? file.objects : []));
    const pods = there.filter((each) => each.kind === 'Pod');
    for (const found of pods)
      if (found.pod.metadata.annotations[annotation.startAfter] !== undefined)
        seen.set(found.pod.metadata.name, { atMs: clock.monotonicMs(), found });
    const gone = [...seen].filter(([name]) => pods.every(({ pod }) => pod.metadata.name !== name));
    const late = gone.filter(([, { atMs }]) => clock.monotonicMs() - atMs < LATE_MS);
    const again = late.map(
      ([, { found }]): ManifestFile => ({
        ...{ state: 'accepted', file: found.file, notes: [], objects: [found] },
      }),
    );
    return [...files, ...again];
  });
}
