import type { Container, ContainerPort, Pod, PodUid, PullPolicy } from '../../src/pod/index.ts';
import { annotation, asPodUid } from '../../src/pod/index.ts';
import type { Behaviour } from '../fakes/behaviour.ts';
import type { SeededRandom } from '../fakes/seeded-random.ts';
import { randomMounts, randomVariables, randomVolumes, withVolumes } from './random-config.ts';

/** Marks every version of a manifest, so that a check can tell which one a call was planned from. Restarts nothing. */
export const VERSION_ANNOTATION = 'sim.example/version';

/** Images by what becomes of them; `flaky` and `absent` are mended before convergence is demanded, or not at all. */
export const IMAGES = {
  present: ['app:1', 'app:2'],
  pullable: ['slow:1', 'quick'],
  flaky: ['flaky:1'],
  absent: ['absent:1'],
  invalid: ['Not An Image'],
} as const;

const CONTAINER_NAMES = ['web', 'side', 'log', 'extra'];
const HOST_PORTS = [8080, 8081, 9090];

/** Every version of every manifest that there ever was, by its mark. */
export class PodVersions {
  readonly #byMark = new Map<string, Pod>();

  /** The pod with a mark of its own. */
  mark(pod: Pod): Pod {
    const mark = String(this.#byMark.size + 1);
    const annotations = { ...pod.metadata.annotations, [VERSION_ANNOTATION]: mark };
    const marked: Pod = { ...pod, metadata: { ...pod.metadata, annotations } };
    this.#byMark.set(mark, marked);
    return marked;
  }

  /** The version that a sandbox config was made from. */
  of(annotations: Readonly<Record<string, string>> | undefined): Pod | undefined {
    return this.#byMark.get(annotations?.[VERSION_ANNOTATION] ?? '');
  }
}

export function randomPod(random: SeededRandom, name: string, namespace = 'default'): Pod {
  const count = random.pick([1, 1, 2, 2, 3]);
  const volumes = randomVolumes(random);
  const withUid = random.chance(0.05);
  return {
    metadata: {
      name,
      namespace,
      ...(withUid && { uid: randomUid(random) }),
      labels: { app: name },
      annotations: random.chance(0.5) ? { [annotation.restartOnConfigChange]: 'true' } : {},
    },
    spec: {
      containers: CONTAINER_NAMES.slice(0, count).map((container) =>
        randomContainer(random, container, volumes),
      ),
      ...(volumes && { volumes }),
      ...(random.chance(0.07) && { activeDeadlineSeconds: random.between(3, 60) }),
      restartPolicy: random.pick(['Always', 'Always', 'OnFailure', 'Never']),
      terminationGracePeriodSeconds: random.pick([0, 1, 2, 5, 10, 30, 40]),
      hostNetwork: random.chance(0.1),
    },
  };
}

/** What an edit may touch. */
export type Edit =
  | 'label'
  | 'container'
  | 'grace'
  | 'policy'
  | 'add-container'
  | 'remove-container'
  | 'pod-level'
  | 'volumes'
  | 'deadline'
  | 'uid';

const EDITS: readonly Edit[] = [
  'label',
  'label',
  'container',
  'container',
  'container',
  'grace',
  'policy',
  'add-container',
  'remove-container',
  'pod-level',
  'pod-level',
  'volumes',
  'deadline',
];

/** Another version of the manifest. */
export function editPod(random: SeededRandom, pod: Pod): { edit: Edit; pod: Pod } {
  const edit = random.chance(0.03) ? 'uid' : random.pick(EDITS);
  return { edit, pod: applyEdit(random, pod, edit) };
}

function applyEdit(random: SeededRandom, pod: Pod, edit: Edit): Pod {
  const { metadata, spec } = pod;
  const { containers } = spec;
  switch (edit) {
    case 'label':
      return {
        ...pod,
        metadata: { ...metadata, labels: { ...metadata.labels, edit: String(random.int(1000)) } },
      };
    case 'uid':
      return { ...pod, metadata: { ...metadata, uid: randomUid(random) } };
    case 'container': {
      const { name } = random.pick(containers);
      const drawn = randomContainer(random, name, spec.volumes);
      const changed = { ...drawn, env: [...drawn.env, { name: 'EDIT', value: String(random.int(1000)) }] };
      return withContainers(
        pod,
        containers.map((container) => (container.name === name ? keepPorts(changed, container) : container)),
      );
    }
    case 'grace':
      return { ...pod, spec: { ...spec, terminationGracePeriodSeconds: random.between(0, 40) } };
    case 'policy':
      return { ...pod, spec: { ...spec, restartPolicy: random.pick(['Always', 'OnFailure', 'Never']) } };
    case 'add-container': {
      const free = CONTAINER_NAMES.filter((name) => containers.every((container) => container.name !== name));
      return free.length === 0
        ? pod
        : withContainers(pod, [...containers, randomContainer(random, random.pick(free), spec.volumes)]);
    }
    case 'remove-container': {
      const doomed = random.pick(containers);
      return containers.length === 1
        ? pod
        : withContainers(
            pod,
            containers.filter((container) => container !== doomed),
          );
    }
    case 'volumes':
      return withVolumes(random, pod, randomVolumes(random));
    case 'deadline': {
      const { activeDeadlineSeconds: _, ...rest } = spec;
      return random.chance(0.5)
        ? { ...pod, spec: rest }
        : { ...pod, spec: { ...rest, activeDeadlineSeconds: random.between(3, 60) } };
    }
    case 'pod-level':
      return random.chance(0.3)
        ? { ...pod, spec: { ...spec, hostNetwork: !spec.hostNetwork } }
        : withContainers(
            pod,
            containers.map((container, index) => ({
              ...container,
              ports: index === 0 ? randomPorts(random, 0.7) : [],
            })),
          );
  }
}

function withContainers(pod: Pod, containers: readonly Container[]): Pod {
  return { ...pod, spec: { ...pod.spec, containers } };
}

/** Ports belong to the pod's own fields. */
function keepPorts(container: Container, before: Container): Container {
  return { ...container, ports: before.ports };
}

function randomContainer(random: SeededRandom, name: string, volumes: Pod['spec']['volumes']): Container {
  const behaviour = randomBehaviour(random);
  return {
    name,
    image: randomImage(random),
    command: [],
    args: [JSON.stringify(behaviour)],
    env: randomVariables(random),
    ...randomMounts(random, volumes),
    ports: name === 'web' ? randomPorts(random, 0.35) : [],
    imagePullPolicy: random.pick<PullPolicy>([
      'IfNotPresent',
      'IfNotPresent',
      'IfNotPresent',
      'Always',
      'Never',
    ]),
  };
}

function randomImage(random: SeededRandom): string {
  const dice = random.unit();
  if (dice < 0.75) return random.pick(IMAGES.present);
  if (dice < 0.9) return random.pick(IMAGES.pullable);
  if (dice < 0.96) return random.pick(IMAGES.flaky);
  return dice < 0.98 ? random.pick(IMAGES.absent) : random.pick(IMAGES.invalid);
}

function randomPorts(random: SeededRandom, probability: number): ContainerPort[] {
  if (!random.chance(probability)) return [];
  return [{ containerPort: 80, hostPort: random.pick(HOST_PORTS), protocol: 'TCP' }];
}

/** What a container does rides in its arguments: another behaviour is another version of the container. */
export function behaviourOf(config: { readonly args?: readonly string[] }): Behaviour {
  return JSON.parse(config.args?.[0] ?? '{}') as Behaviour;
}

function randomBehaviour(random: SeededRandom): Behaviour {
  const stopping = random.pick<Behaviour>([
    {},
    {},
    { onStop: { afterMs: random.between(100, 5000) } },
    { onStop: { afterMs: random.between(100, 5000), exitCode: 0 } },
    { onStop: 'ignore' },
  ]);
  const dice = random.unit();
  if (dice < 0.62) return stopping;
  if (dice < 0.72) return { ...stopping, exitAfterMs: random.between(500, 30_000), exitCode: 0 };
  if (dice < 0.92)
    return { ...stopping, exitAfterMs: random.between(0, 8_000), exitCode: random.between(1, 3) };
  if (dice < 0.96)
    return { ...stopping, exitAfterMs: random.between(30_000, 120_000), exitCode: random.int(2) };
  return { startError: 'exec: "nothing": executable file not found' };
}

function randomUid(random: SeededRandom): PodUid {
  return asPodUid(`fixed-${random.uuid()}`);
}
