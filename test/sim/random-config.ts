import type { Container, EnvVar, Pod, Volume, VolumeMount } from '../../src/pod/index.ts';
import type { SeededRandom } from '../fakes/seeded-random.ts';
import { configMap, secret } from '../fakes/side-objects.ts';
import type { SimObject } from './made-from.ts';

/** The objects that pods here name; whether there are any is another matter. */
export const OBJECT_NAMES = ['settings', 'look', 'keys'] as const;
type ObjectName = (typeof OBJECT_NAMES)[number];

/** What an emptyDir may hold where it has a limit. */
export const LIMIT_BYTES = 1_024;

/** A ConfigMap, or the Secret `keys`, that says one thing of a few. */
export function randomObject(random: SeededRandom, name: ObjectName): SimObject {
  const data = { mode: `mode-${random.int(4)}`, ...(random.chance(0.3) && { more: 'more' }) };
  return name === 'keys' ? secret(name, data) : configMap(name, data);
}

export function nameOf({ metadata }: SimObject): ObjectName {
  return OBJECT_NAMES.find((name) => name === metadata.name) ?? 'settings';
}

export function randomVolumes(random: SeededRandom): readonly Volume[] | undefined {
  if (random.chance(0.5)) return undefined;
  const volumes = VOLUMES.filter(() => random.chance(0.4)).map((make) => make(random));
  return volumes.length > 0 ? volumes : undefined;
}

const mode = { defaultMode: 0o644 };

const VOLUMES: readonly ((random: SeededRandom) => Volume)[] = [
  (random) => ({
    name: 'data',
    source: {
      ...{ kind: 'emptyDir', medium: '' },
      ...(random.chance(0.6) && { sizeLimit: String(LIMIT_BYTES) }),
    },
  }),
  (random) => ({ name: 'files', source: { kind: 'configMap', name: 'settings', ...mode, ...maybe(random) } }),
  (random) => ({ name: 'secrets', source: { kind: 'secret', name: 'keys', ...mode, ...maybe(random) } }),
  (random) => ({
    name: 'all',
    source: {
      kind: 'projected',
      ...mode,
      sources: [
        { kind: 'configMap', name: 'look', ...maybe(random) },
        { kind: 'downwardAPI', items: [] },
      ],
    },
  }),
];

function maybe(random: SeededRandom): { optional?: true } {
  return random.chance(0.25) ? { optional: true } : {};
}

export function randomMounts(
  random: SeededRandom,
  volumes: readonly Volume[] | undefined,
): { readonly volumeMounts?: readonly VolumeMount[] } {
  const volumeMounts = (volumes ?? [])
    .filter(() => random.chance(0.6))
    .map(({ name }) => ({ name, mountPath: `/mnt/${name}` }));
  return volumeMounts.length > 0 ? { volumeMounts } : {};
}

export function randomVariables(random: SeededRandom): EnvVar[] {
  const some: readonly EnvVar[] = [
    {
      ...{ name: 'LOOK', value: '' },
      valueFrom: { kind: 'configMapKeyRef', name: 'look', key: 'mode', ...maybe(random) },
    },
    { ...{ name: 'KEY', value: '' }, valueFrom: { kind: 'secretKeyRef', name: 'keys', key: 'mode' } },
  ];
  return some.filter(() => random.chance(0.15));
}

/** The same pod with other volumes, mounted elsewhere. */
export function withVolumes(random: SeededRandom, pod: Pod, volumes: readonly Volume[] | undefined): Pod {
  const { volumes: _, ...spec } = pod.spec;
  const mounted = ({ volumeMounts, ...container }: Container): Container => ({
    ...container,
    ...randomMounts(random, volumes),
  });
  const initContainers = spec.initContainers?.map(mounted);
  return {
    ...pod,
    spec: {
      ...spec,
      containers: spec.containers.map(mounted),
      ...(initContainers && { initContainers }),
      ...(volumes && { volumes }),
    },
  };
}
