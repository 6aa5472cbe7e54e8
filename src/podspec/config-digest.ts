import { createHash } from 'node:crypto';
import type { ConfigMap, Secret, UsedObjects, VolumeSource } from '../pod/index.ts';
import type { Subject } from './subject.ts';

/** Names the way the digest is taken: another way must not restart what runs. */
const VERSION = '1';

/**
 * Digest of what a container takes from ConfigMaps and Secrets when it is made: env, envFrom, and files mounted by sub path, which do
 * not follow their objects. '' where it takes nothing. What is missing counts too, so that its appearance is a change.
 */
export function configDigest({ pod, container }: Subject, uses: UsedObjects): string {
  const single = container.env.flatMap(({ valueFrom }): Taken[] => {
    if (valueFrom?.kind === 'configMapKeyRef') return [key('configMap', valueFrom, uses)];
    return valueFrom?.kind === 'secretKeyRef' ? [key('secret', valueFrom, uses)] : [];
  });
  const whole = (container.envFrom ?? []).map(({ kind, name }) =>
    all(kind === 'secretRef' ? 'secret' : 'configMap', name, uses),
  );
  const fixed = (container.volumeMounts ?? [])
    .filter(({ subPath, subPathExpr }) => subPath !== undefined || subPathExpr !== undefined)
    .flatMap((mount) => pod.spec.volumes?.filter(({ name }) => name === mount.name) ?? [])
    .flatMap(({ source }) => ofVolume(source, uses));
  const taken = [...single, ...whole, ...fixed];
  if (taken.length === 0) return '';
  return `${VERSION}:${createHash('sha256').update(JSON.stringify(taken)).digest('hex').slice(0, 16)}`;
}

type Kind = 'configMap' | 'secret';
/** What it is, and its content or that there is none. */
type Taken = readonly [kind: Kind, name: string, key: string | null, content: string | null];

function key(kind: Kind, ref: { name: string; key: string }, uses: UsedObjects): Taken {
  return [kind, ref.name, ref.key, objectOf(kind, ref.name, uses)?.data.get(ref.key) ?? null];
}

function all(kind: Kind, name: string, uses: UsedObjects): Taken {
  return [kind, name, null, objectOf(kind, name, uses)?.digest ?? null];
}

function ofVolume(source: VolumeSource, uses: UsedObjects): Taken[] {
  if (source.kind === 'configMap' || source.kind === 'secret') return [all(source.kind, source.name, uses)];
  if (source.kind !== 'projected') return [];
  return source.sources.flatMap((each) =>
    each.kind === 'downwardAPI' ? [] : [all(each.kind, each.name, uses)],
  );
}

function objectOf(kind: Kind, name: string, uses: UsedObjects): ConfigMap | Secret | undefined {
  return kind === 'secret' ? uses.secrets.get(name) : uses.configMaps.get(name);
}
