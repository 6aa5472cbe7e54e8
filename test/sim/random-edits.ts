import { annotation, type Container, isSidecar, type Pod, wishesOf } from '../../src/pod/index.ts';
import type { SeededRandom } from '../fakes/seeded-random.ts';
import { randomVolumes, withVolumes } from './random-config.ts';
import { randomLives, randomWishes, type SimBehaviour } from './random-lives.ts';
import {
  CONTAINER_NAMES,
  randomContainer,
  randomInitContainers,
  randomPorts,
  randomUid,
} from './random-pods.ts';

type EditPod = (random: SeededRandom, pod: Pod) => Pod;

/** What an edit may touch, and how often it does beside the others. */
const EDITS: Readonly<Record<string, { readonly weight: number; readonly edit: EditPod }>> = {
  label: {
    weight: 2,
    edit: (random, pod) => withLabel(pod, String(random.int(1_000))),
  },
  container: { weight: 3, edit: editContainer },
  grace: {
    weight: 1,
    edit: (random, pod) => withSpec(pod, { terminationGracePeriodSeconds: random.between(0, 40) }),
  },
  policy: {
    weight: 1,
    edit: (random, pod) => withSpec(pod, { restartPolicy: random.pick(['Always', 'OnFailure', 'Never']) }),
  },
  'add-container': { weight: 1, edit: addContainer },
  'remove-container': { weight: 1, edit: removeContainer },
  'pod-level': { weight: 2, edit: editPodLevel },
  volumes: { weight: 1, edit: (random, pod) => withVolumes(random, pod, randomVolumes(random)) },
  deadline: { weight: 1, edit: editDeadline },
  lives: { weight: 2, edit: editLives },
  init: { weight: 1, edit: editInit },
  wishes: { weight: 1, edit: editWishes },
  uid: {
    weight: 0.6,
    edit: (random, pod) => ({ ...pod, metadata: { ...pod.metadata, uid: randomUid(random) } }),
  },
};

/** Another version of the manifest. */
export function editPod(random: SeededRandom, pod: Pod): { edit: string; pod: Pod } {
  const total = Object.values(EDITS).reduce((sum, { weight }) => sum + weight, 0);
  let left = random.unit() * total;
  for (const [name, { weight, edit }] of Object.entries(EDITS)) {
    left -= weight;
    if (left < 0) return { edit: name, pod: edit(random, pod) };
  }
  throw new Error('no edit drawn');
}

function withSpec(pod: Pod, changes: Partial<Pod['spec']>): Pod {
  return { ...pod, spec: { ...pod.spec, ...changes } };
}

function withLabel(pod: Pod, edit: string): Pod {
  const { metadata } = pod;
  return { ...pod, metadata: { ...metadata, labels: { ...metadata.labels, edit } } };
}

/** Never Ready for long. */
const BAD: SimBehaviour = { exitAfterMs: 400, exitCode: 1, readyFromMs: 3_600_000 };

function editContainer(random: SeededRandom, pod: Pod): Pod {
  const { containers, volumes } = pod.spec;
  const { name } = random.pick(containers);
  const drawn = randomContainer(random, name, volumes);
  const env = [...drawn.env, { name: 'EDIT', value: String(random.int(1_000)) }];
  // A pod that can go back often has a reason to.
  const isBad = wishesOf(pod).rollback && random.chance(0.4);
  const changed = { ...drawn, env, ...(isBad && { args: [JSON.stringify(BAD)] }) };
  // Ports belong to the pod's own fields.
  const edited = containers.map((each) => (each.name === name ? { ...changed, ports: each.ports } : each));
  return withSpec(pod, { containers: edited });
}

function addContainer(random: SeededRandom, pod: Pod): Pod {
  const { containers, volumes } = pod.spec;
  const free = CONTAINER_NAMES.filter((name) => containers.every((each) => each.name !== name));
  if (free.length === 0) return pod;
  return withSpec(pod, {
    containers: [...containers, randomContainer(random, random.pick(free), volumes)],
  });
}

function removeContainer(random: SeededRandom, pod: Pod): Pod {
  const { containers } = pod.spec;
  const doomed = random.pick(containers);
  if (containers.length === 1) return pod;
  return withSpec(pod, { containers: containers.filter((each) => each !== doomed) });
}

function editPodLevel(random: SeededRandom, pod: Pod): Pod {
  const { hostNetwork, containers } = pod.spec;
  if (random.chance(0.3)) return withSpec(pod, { hostNetwork: !hostNetwork });
  const ports = randomPorts(random, 0.7);
  return withSpec(pod, {
    containers: containers.map((each, index) => ({ ...each, ports: index === 0 ? ports : [] })),
  });
}

function editDeadline(random: SeededRandom, pod: Pod): Pod {
  const { activeDeadlineSeconds: _, ...spec } = pod.spec;
  return random.chance(0.5)
    ? { ...pod, spec }
    : withSpec(pod, { activeDeadlineSeconds: random.between(3, 60) });
}

/** Other probes and hooks, which take effect on what runs. */
function editLives(random: SeededRandom, pod: Pod): Pod {
  const edited = (container: Container): Container => {
    if (random.chance(0.4)) return container;
    const { startupProbe, livenessProbe, readinessProbe, lifecycle, ...rest } = container;
    return { ...rest, ...randomLives(random) };
  };
  const initContainers = pod.spec.initContainers?.map((each) => (isSidecar(each, pod) ? edited(each) : each));
  return withSpec(pod, {
    containers: pod.spec.containers.map(edited),
    ...(initContainers && { initContainers }),
  });
}

/** One sidecar is another one, or all init containers are. */
function editInit(random: SeededRandom, pod: Pod): Pod {
  const { initContainers = [], ...spec } = pod.spec;
  const sidecars = initContainers.filter((each) => isSidecar(each, pod));
  if (sidecars.length > 0 && random.chance(0.5)) {
    const { name } = random.pick(sidecars);
    const changed = randomContainer(random, name, spec.volumes);
    const { restartPolicyRules, ...drawn } = changed;
    const sidecar: Container = { ...drawn, ports: [], restartPolicy: 'Always' };
    return withSpec(pod, {
      initContainers: initContainers.map((each) => (each.name === name ? sidecar : each)),
    });
  }
  const drawn = randomInitContainers(random, spec.volumes);
  return { ...pod, spec: { ...spec, ...(drawn && { initContainers: drawn }) } };
}

/** Whom it waits for is a matter of its first version. */
function editWishes(random: SeededRandom, pod: Pod): Pod {
  const { metadata } = pod;
  const after = metadata.annotations[annotation.startAfter];
  const annotations = {
    ...randomWishes(random, []),
    ...(after !== undefined && { [annotation.startAfter]: after }),
  };
  return { ...pod, metadata: { ...metadata, annotations } };
}
