import { type Container, everyContainer, type Pod } from './pod.ts';
import type { VolumeSource } from './volume.ts';

/** The names of the objects a pod needs or may use; all of its own namespace. */
export interface References {
  readonly configMaps: ReadonlySet<string>;
  /** Those with registry credentials, too. */
  readonly secrets: ReadonlySet<string>;
  /** Secrets that nothing but pulls needs: they may be missing. */
  readonly credentials: ReadonlySet<string>;
  readonly claims: ReadonlySet<string>;
}

const known = new WeakMap<Pod, References>();

/** Pods are immutable, so this is found out once for each. */
export function referencesOf(pod: Pod): References {
  const found = known.get(pod) ?? find(pod);
  known.set(pod, found);
  return found;
}

function find(pod: Pod): References {
  const all = [...everyContainer(pod).flatMap(ofContainer), ...(pod.spec.volumes ?? []).flatMap(ofVolume)];
  const named = (kind: Reference['kind']): string[] =>
    all.flatMap((each) => (each.kind === kind ? each.name : []));
  const secrets = named('secret');
  const { imagePullSecrets = [] } = pod.spec;
  return {
    configMaps: new Set(named('configMap')),
    secrets: new Set([...secrets, ...imagePullSecrets]),
    credentials: new Set(imagePullSecrets.filter((name) => !secrets.includes(name))),
    claims: new Set(named('claim')),
  };
}

interface Reference {
  readonly kind: 'configMap' | 'secret' | 'claim';
  readonly name: string;
}

function ofContainer({ env, envFrom = [] }: Container): Reference[] {
  const single = env.flatMap(({ valueFrom }): Reference[] => {
    if (valueFrom?.kind === 'configMapKeyRef') return [{ kind: 'configMap', name: valueFrom.name }];
    return valueFrom?.kind === 'secretKeyRef' ? [{ kind: 'secret', name: valueFrom.name }] : [];
  });
  const whole = envFrom.map(
    ({ kind, name }): Reference => ({ kind: kind === 'secretRef' ? 'secret' : 'configMap', name }),
  );
  return [...single, ...whole];
}

function ofVolume({ source }: { readonly source: VolumeSource }): Reference[] {
  switch (source.kind) {
    case 'configMap':
    case 'secret':
      return [{ kind: source.kind, name: source.name }];
    case 'persistentVolumeClaim':
      return [{ kind: 'claim', name: source.claimName }];
    case 'projected':
      return source.sources.flatMap((each): Reference[] =>
        each.kind === 'downwardAPI' ? [] : [{ kind: each.kind, name: each.name }],
      );
    default:
      return [];
  }
}
