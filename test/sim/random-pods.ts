import type { Container, ContainerPort, Pod, PodUid, PullPolicy } from '../../src/pod/index.ts';
import { asPodUid } from '../../src/pod/index.ts';
import type { Behaviour } from '../fakes/behaviour.ts';
import type { SeededRandom } from '../fakes/seeded-random.ts';
import { randomMounts, randomVariables, randomVolumes } from './random-config.ts';
import {
  randomHealth,
  randomLives,
  randomPolicies,
  randomWishes,
  type SimBehaviour,
} from './random-lives.ts';

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

export const CONTAINER_NAMES = ['web', 'side', 'log', 'extra'];
/** Sidecars are those that are called so. */
const INIT_NAMES = ['fetch', 'helper-sidecar', 'prepare', 'proxy-sidecar'];
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

/** A pod that may wait for `others`. */
export function randomPod(random: SeededRandom, name: string, others: readonly string[]): Pod {
  const count = random.pick([1, 1, 2, 2, 3]);
  const volumes = randomVolumes(random);
  const initContainers = randomInitContainers(random, volumes);
  const withUid = random.chance(0.05);
  return {
    metadata: {
      name,
      namespace: 'default',
      ...(withUid && { uid: randomUid(random) }),
      labels: { app: name },
      annotations: randomWishes(random, others),
    },
    spec: {
      containers: CONTAINER_NAMES.slice(0, count).map((container) =>
        randomContainer(random, container, volumes),
      ),
      ...(initContainers && { initContainers }),
      ...(volumes && { volumes }),
      ...(random.chance(0.07) && { activeDeadlineSeconds: random.between(3, 60) }),
      restartPolicy: random.pick(['Always', 'Always', 'OnFailure', 'Never']),
      terminationGracePeriodSeconds: random.pick([0, 1, 2, 5, 10, 30, 40]),
      hostNetwork: random.chance(0.1),
    },
  };
}

type Volumes = Pod['spec']['volumes'];

export function randomInitContainers(
  random: SeededRandom,
  volumes: Volumes,
): readonly Container[] | undefined {
  if (random.chance(0.6)) return undefined;
  const names = INIT_NAMES.filter(() => random.chance(0.4));
  return names.length === 0 ? undefined : names.map((name) => randomInitContainer(random, name, volumes));
}

/** One that runs to its end, mostly a good one, or one that goes on. */
function randomInitContainer(random: SeededRandom, name: string, volumes: Volumes): Container {
  const drawn = { ...randomContainer(random, name, volumes), ports: [] };
  if (name.endsWith('sidecar')) return { ...drawn, restartPolicy: 'Always' };
  const { startupProbe, livenessProbe, readinessProbe, lifecycle, ...plain } = drawn;
  const ends = { exitAfterMs: random.int(3_000), exitCode: random.chance(0.9) ? 0 : random.between(1, 3) };
  return { ...plain, args: [JSON.stringify(ends)] };
}

export function randomContainer(random: SeededRandom, name: string, volumes: Volumes): Container {
  const lives = randomLives(random);
  const behaviour: SimBehaviour = { ...randomBehaviour(random), ...randomHealth(random, lives) };
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
    ...randomPolicies(random),
    ...lives,
  };
}

function randomImage(random: SeededRandom): string {
  const dice = random.unit();
  if (dice < 0.75) return random.pick(IMAGES.present);
  if (dice < 0.9) return random.pick(IMAGES.pullable);
  if (dice < 0.96) return random.pick(IMAGES.flaky);
  return dice < 0.98 ? random.pick(IMAGES.absent) : random.pick(IMAGES.invalid);
}

export function randomPorts(random: SeededRandom, probability: number): ContainerPort[] {
  if (!random.chance(probability)) return [];
  return [{ containerPort: 80, hostPort: random.pick(HOST_PORTS), protocol: 'TCP' }];
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

export function randomUid(random: SeededRandom): PodUid {
  return asPodUid(`fixed-${random.uuid()}`);
}
