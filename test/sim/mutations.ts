import type { Cri } from '../../src/cri/index.ts';
import type { ManifestFile, ManifestSnapshot } from '../../src/manifest/index.ts';
import { annotation, label, type ObservedContainer, type Pod } from '../../src/pod/index.ts';
import type { Alter } from './world.ts';

export interface Mutation {
  /** What is wrong with this daemon. */
  readonly name: string;
  readonly alter: Alter;
  /** The properties of which one must break. */
  readonly breaks: readonly string[];
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
];

function withCri(change: (cri: Cri) => Partial<Cri>): Alter {
  return (ports) => ({ ...ports, cri: { ...ports.cri, ...change(ports.cri) } });
}

function withManifests(change: (snapshot: ManifestSnapshot) => ManifestSnapshot): Alter {
  return (ports) => ({ ...ports, manifests: { load: async () => change(await ports.manifests.load()) } });
}

function withFiles(change: (files: readonly ManifestFile[]) => readonly ManifestFile[]): Alter {
  return withManifests(({ directories }) => ({
    directories: directories.map((each) =>
      each.state === 'read' ? { ...each, files: change(each.files) } : each,
    ),
  }));
}

/** The same pod in gives the same pod out, as from a reader that keeps what it has read. */
function withPods(change: (pod: Pod) => Pod): Alter {
  const changed = new WeakMap<Pod, Pod>();
  const once = (pod: Pod): Pod => {
    const known = changed.get(pod) ?? change(pod);
    changed.set(pod, known);
    return known;
  };
  return withFiles((files) =>
    files.map((file) =>
      file.state === 'refused'
        ? file
        : {
            ...file,
            objects: file.objects.map((object) =>
              object.kind === 'Pod' ? { ...object, pod: once(object.pod) } : object,
            ),
          },
    ),
  );
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
