import type { Cri } from '../../src/cri/index.ts';
import type { ManifestFile } from '../../src/manifest/index.ts';
import {
  annotation,
  asPodUid,
  label,
  type ObservedContainer,
  type Pod,
  type PodUid,
} from '../../src/pod/index.ts';
import { configMap, secret } from '../fakes/side-objects.ts';
import {
  withCri,
  withEachPod,
  withFiles,
  withManifests,
  withObjects,
  withPods,
  withVolumes,
} from './alterations.ts';
import { OBJECT_NAMES } from './random-config.ts';
import type { Alter } from './world.ts';

export interface Mutation {
  /** What is wrong with this daemon. */
  readonly name: string;
  readonly alter: Alter;
  /** The properties of which one must break. */
  readonly breaks: readonly string[];
  /** What it takes comes about in few seeds; this one is looked at first, to save time. It may come to nothing when the simulator changes. */
  readonly rare?: number;
  /** It is wrong about deletes through the API. */
  readonly deletes?: boolean;
}

const STALE_MS = 6_000;
const HOUR_MS = 3_600_000;

/** Daemons that are wrong in one way each: what they are given lies, or what they ask for is done differently. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'writes no record',
    breaks: ['record-first'],
    alter: (ports) => ({ ...ports, records: { ...storeOf(ports), save: async () => undefined } }),
  },
  {
    name: 'kills at once what it should stop',
    breaks: ['grace'],
    alter: withCri(({ stopContainer }) => ({
      stopContainer: (id, _, options) => stopContainer(id, 0, options),
    })),
  },
  {
    name: 'doubles every grace period',
    breaks: ['grace'],
    alter: withCri(({ stopContainer }) => ({
      stopContainer: (id, seconds, options) => stopContainer(id, seconds * 2, options),
    })),
  },
  {
    name: 'only says that it stopped a container',
    breaks: ['liveness', 'grace'],
    alter: withCri(() => ({ stopContainer: async () => undefined })),
  },
  {
    name: 'plans from what was true some seconds ago',
    breaks: ['one-sandbox', 'one-instance', 'restart-policy', 'restart-count', 'back-off', 'needless-stop'],
    alter: (ports, world) => withCri((cri) => staleLists(cri, () => ports.clock.monotonicMs()))(ports, world),
  },
  {
    name: 'takes a broken file for no file',
    breaks: ['proof-of-removal'],
    alter: withFiles((files) => files.filter(({ state }) => state === 'accepted')),
  },
  {
    name: 'takes an unreadable directory for an empty one',
    breaks: ['proof-of-removal'],
    alter: withManifests(({ directories }) => ({
      directories: directories.map((each) =>
        each.state === 'read' ? each : { state: 'read', directory: each.directory, files: [], warnings: [] },
      ),
    })),
  },
  {
    name: 'takes the pods of another tinylet for its own',
    breaks: ['ownership'],
    alter: (ports, world) => withCri((cri) => stolenLists(cri, world.facts.owner))(ports, world),
  },
  {
    name: 'restarts what is never to be restarted',
    breaks: ['restart-policy'],
    alter: withPods((pod) => ({ ...pod, spec: { ...pod.spec, restartPolicy: 'Always' } })),
  },
  {
    name: 'takes every exit for a failure',
    breaks: ['restart-policy'],
    alter: withCri(({ containerStatus }) => ({
      containerStatus: async (id, options) => ({ ...(await containerStatus(id, options)), exitCode: 1 }),
    })),
  },
  {
    name: 'does not wait for the back-off',
    breaks: ['back-off'],
    alter: withCri(({ containerStatus }) => ({
      containerStatus: async (id, options) => {
        const details = await containerStatus(id, options);
        return {
          ...details,
          startedAtMs: details.startedAtMs - HOUR_MS,
          finishedAtMs: details.finishedAtMs - HOUR_MS,
        };
      },
    })),
  },
  {
    name: 'counts attempts from nothing',
    breaks: ['restart-count'],
    alter: withCri(({ createContainer }) => ({
      createContainer: (request, options) => {
        const metadata = { ...request.config.metadata, attempt: 0 };
        return createContainer({ ...request, config: { ...request.config, metadata } }, options);
      },
    })),
  },
  {
    name: 'restarts containers for an edited label',
    breaks: ['needless-stop'],
    alter: withPods((pod) => {
      const env = Object.entries(pod.metadata.labels).map(([name, value]) => ({ name, value }));
      const containers = pod.spec.containers.map((each) => ({ ...each, env: [...each.env, ...env] }));
      return { ...pod, spec: { ...pod.spec, containers } };
    }),
  },
  {
    name: 'does not know its containers again',
    breaks: ['adoption', 'needless-stop'],
    alter: (ports, world) => (world.calm ? withCri(forgetfulLists)(ports, world) : ports),
  },
  {
    name: 'wakes itself without end',
    breaks: ['busy-loop'],
    alter: (ports, world) => ({
      ...ports,
      manifests: {
        load: () => {
          world.daemon?.hintManifests();
          return ports.manifests.load();
        },
      },
    }),
  },
  {
    name: 'sends a start twice',
    breaks: ['calls-in-flight'],
    alter: withCri(({ startContainer }) => ({
      startContainer: async (id, options) => {
        await Promise.any([startContainer(id, options), startContainer(id, options)]);
      },
    })),
  },
  {
    name: 'does not know which host ports are held',
    rare: 43,
    breaks: ['host-ports'],
    alter: withCri(({ listSandboxes }) => ({
      listSandboxes: async (filter, options) =>
        (await listSandboxes(filter, options)).map((sandbox) => ({
          ...sandbox,
          annotations: { ...sandbox.annotations, [annotation.hostPorts]: '[]' },
        })),
    })),
  },
  {
    name: 'uses a present image where it is to pull',
    breaks: ['pull-policy'],
    alter: withCri(({ imageStatus, pullImage }) => ({
      pullImage: async (image, options) => (await imageStatus(image))?.id ?? pullImage(image, options),
    })),
  },
  {
    name: 'leaves the logs of removed pods',
    breaks: ['liveness'],
    alter: (ports) => ({
      ...ports,
      logs: {
        prepare: (logs) => ports.logs.prepare(logs),
        nextAttempt: (logs) => ports.logs.nextAttempt(logs),
        removeInstance: (logs) => ports.logs.removeInstance(logs),
        tail: (path, limit) => ports.logs.tail(path, limit),
        removePod: async () => undefined,
      },
    }),
  },
  {
    name: 'makes a sandbox without its volumes',
    breaks: ['volumes-first'],
    alter: withVolumes(() => ({ setUp: async () => undefined })),
  },
  {
    name: 'brings no change of an object to the files',
    breaks: ['liveness'],
    alter: withVolumes((volumes) => {
      const made = new Set<PodUid>();
      return {
        setUp: async (uid, request) => {
          if (!made.has(uid)) await volumes.setUp(uid, request);
          made.add(uid);
        },
      };
    }),
  },
  {
    name: 'makes containers before their files',
    breaks: ['container-files'],
    alter: withVolumes(() => ({ prepareContainer: async () => undefined })),
  },
  {
    name: 'takes volumes away from what runs',
    breaks: ['torn-too-early'],
    alter: (ports, world) =>
      withCri(({ stopContainer }) => ({
        stopContainer: async (id, seconds, options) => {
          const instance = world.facts.instances.get(id);
          if (instance !== undefined) await ports.volumes.tearDown(asPodUid(instance.uid));
          return stopContainer(id, seconds, options);
        },
      }))(ports, world),
  },
  {
    name: 'leaves the volumes of removed pods',
    breaks: ['left-behind'],
    alter: withVolumes(() => ({ tearDown: async () => undefined })),
  },
  {
    name: 'leaves the cgroups of removed pods',
    breaks: ['left-behind'],
    alter: (ports) => ({
      ...ports,
      cgroups: { setUp: (uid, cgroup) => ports.cgroups.setUp(uid, cgroup), remove: async () => undefined },
    }),
  },
  {
    name: 'makes no cgroups',
    breaks: ['cgroup-first'],
    alter: (ports) => ({
      ...ports,
      cgroups: { setUp: async () => undefined, remove: (uid) => ports.cgroups.remove(uid) },
    }),
  },
  {
    name: 'takes an object that vanished for an empty one',
    rare: 22,
    breaks: ['needless-stop'],
    alter: (ports, world) => {
      const seen = new Set<string>();
      return withFiles((files) => [...files, emptyObjects(files, seen)])(ports, world);
    },
  },
  {
    name: 'makes containers from objects that nobody defined',
    breaks: ['made-from'],
    alter: withObjects((object) =>
      object.kind === 'ConfigMap' ? configMap(object.metadata.name, { mode: 'made up' }) : object,
    ),
  },
  {
    name: 'ends pods long before their deadline',
    breaks: ['ended-early'],
    alter: withPods(({ metadata, spec }) => {
      const { activeDeadlineSeconds, ...rest } = spec;
      if (activeDeadlineSeconds === undefined) return { metadata, spec };
      return { metadata, spec: { ...rest, activeDeadlineSeconds: Math.ceil(activeDeadlineSeconds / 4) } };
    }),
  },
  {
    name: 'takes every look at an ended pod for an edit',
    breaks: ['ended'],
    alter: (ports, world) => {
      let looks = 0;
      const edited = (pod: Pod): Pod => {
        const hasEnded = world.records.all.some(({ name, ended }) => name === pod.metadata.name && ended);
        looks += 1;
        return hasEnded ? { ...pod, spec: { ...pod.spec, priorityClassName: `look-${looks}` } } : pod;
      };
      return withManifests((snapshot) => withEachPod(snapshot, edited))(ports, world);
    },
  },
  {
    name: 'takes an edited label for another pod',
    breaks: ['ended'],
    alter: withPods((pod) => {
      const { edit } = pod.metadata.labels;
      return edit === undefined ? pod : { ...pod, spec: { ...pod.spec, priorityClassName: `edit-${edit}` } };
    }),
  },
];

/** A file that defines, after all others, whatever one of them defined once and none does now. */
function emptyObjects(files: readonly ManifestFile[], seen: Set<string>): ManifestFile {
  const defined = files.flatMap((file) => (file.state === 'accepted' ? file.objects : []));
  const names = new Set(defined.flatMap((each) => (each.kind === 'Pod' ? [] : each.object.metadata.name)));
  for (const name of names) seen.add(name);
  const missing = OBJECT_NAMES.filter((name) => seen.has(name) && !names.has(name)).map((name) =>
    name === 'keys' ? secret(name, { mode: '' }) : configMap(name, { mode: '' }),
  );
  const file = '/etc/zz.yaml';
  return {
    ...{ state: 'accepted', file, notes: [] },
    objects: missing.map((object) => ({ ...{ kind: object.kind, object, file, line: 1 } })),
  };
}

function storeOf({ records }: Parameters<Alter>[0]): Parameters<Alter>[0]['records'] {
  return {
    load: () => records.load(),
    save: (record) => records.save(record),
    remove: (uid) => records.remove(uid),
  };
}

function staleLists({ listSandboxes, listContainers }: Cri, nowMs: () => number): Partial<Cri> {
  const stale = <T>(look: () => Promise<T>): (() => Promise<T>) => {
    let seen: { readonly atMs: number; readonly what: T } | undefined;
    return async () => {
      if (seen === undefined || nowMs() - seen.atMs > STALE_MS) seen = { atMs: nowMs(), what: await look() };
      return seen.what;
    };
  };
  const filter = { labels: { [label.tinylet]: 'true' } };
  const [sandboxes, containers] = [stale(() => listSandboxes(filter)), stale(() => listContainers(filter))];
  return {
    listSandboxes: async () => [...(await sandboxes())],
    listContainers: async () => [...(await containers())],
  };
}

function stolenLists({ listSandboxes, listContainers }: Cri, owner: string): Partial<Cri> {
  const steal = <T extends { readonly labels: Readonly<Record<string, string>> }>(
    things: readonly T[],
  ): T[] => things.map((thing) => ({ ...thing, labels: { ...thing.labels, [label.owner]: owner } }));
  return {
    listSandboxes: async (filter, options) => steal(await listSandboxes(filter, options)),
    listContainers: async (filter, options) => steal(await listContainers(filter, options)),
  };
}

/** What ran before its time looks as if it had been made from another manifest. */
function forgetfulLists({ listContainers }: Cri): Partial<Cri> {
  let old: ReadonlySet<string> | undefined;
  return {
    listContainers: async (filter, options) => {
      const containers = await listContainers(filter, options);
      old ??= new Set(containers.map(({ id }) => id));
      return containers.map((each) => (old?.has(each.id) ? forget(each) : each));
    },
  };
}

function forget(container: ObservedContainer): ObservedContainer {
  return { ...container, annotations: { ...container.annotations, [annotation.containerHash]: '1:0' } };
}
