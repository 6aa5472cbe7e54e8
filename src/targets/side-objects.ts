import { isDeepStrictEqual } from 'node:util';
import { darkFiles, type ManifestMessage, type ManifestSnapshot, silentFiles } from '../manifest/index.ts';
import {
  type ConfigMap,
  type PersistentVolumeClaim,
  type Pod,
  type RuntimeClass,
  referencesOf,
  type Secret,
  type SideObject,
  type UsedObjects,
} from '../pod/index.ts';
import type { ObjectRecord } from '../state/index.ts';

/** What a pod uses, and among which objects it was looked up. */
interface Lookup {
  readonly among: ReadonlyMap<string, ObjectRecord>;
  readonly uses: UsedObjects;
}

/**
 * The ConfigMaps, Secrets, claims and runtime classes that the files define. One that stands in a file that cannot be used now keeps
 * its last good version, as pods do.
 */
export class SideObjects {
  #held: ReadonlyMap<string, ObjectRecord> = new Map();
  #used = new WeakMap<Pod, Lookup>();

  /** Begins with what was in force when the last daemon ended. */
  restore(records: readonly ObjectRecord[]): void {
    this.#held = new Map(records.map((record) => [keyOf(record.object), record]));
  }

  /** What is in force, to be recorded. The same value as long as nothing changes. */
  get records(): ReadonlyMap<string, ObjectRecord> {
    return this.#held;
  }

  /** Takes over what a snapshot of that time says; returns what was refused, and why. */
  note(manifests: ManifestSnapshot, nowMs: number): readonly ManifestMessage[] {
    const before = this.#held;
    const dark = darkFiles(manifests);
    const refused: ManifestMessage[] = [];
    const held = new Map([...before].filter(([, { file }]) => dark(file)));
    for (const [key, claims] of claimsByKey(manifests)) {
      const previous = before.get(key);
      // As with pods: who has it keeps it, also while its file cannot be used.
      const winner = held.get(key) ?? claims.find(({ file }) => file === previous?.file) ?? claims[0];
      refused.push(...claims.filter((claim) => claim !== winner).map((claim) => duplicate(claim, winner)));
      const broken = previous?.file === winner.file ? brokenRule(previous.object, winner.object) : undefined;
      if (broken !== undefined) refused.push({ ...message(winner, immutable(winner)), path: broken });
      const stays =
        previous !== undefined && (broken !== undefined || isUnchanged(previous.object, winner.object));
      const { createdAtMs = nowMs } = previous ?? {};
      held.set(key, stays ? moved(previous, winner) : { ...winner, createdAtMs });
    }
    const silent = silentFiles(manifests);
    for (const [key, record] of before) if (!held.has(key) && silent(record.file)) held.set(key, record);
    if (!isSameMap(before, held, isSameRecord)) this.#held = held;
    return refused;
  }

  /** The objects a pod names. The same value as long as none of them changes. */
  usedBy(pod: Pod): UsedObjects {
    const known = this.#used.get(pod);
    if (known?.among === this.#held) return known.uses;
    const found = this.#lookUp(pod);
    const uses = known !== undefined && isEqual(known.uses, found) ? known.uses : found;
    this.#used.set(pod, { among: this.#held, uses });
    return uses;
  }

  #lookUp(pod: Pod): UsedObjects {
    const { namespace } = pod.metadata;
    const { configMaps, secrets, claims } = referencesOf(pod);
    const { runtimeClassName } = pod.spec;
    const runtimeClass =
      runtimeClassName === undefined
        ? undefined
        : this.#get<RuntimeClass>('RuntimeClass', '', runtimeClassName);
    return {
      configMaps: this.#pick<ConfigMap>('ConfigMap', namespace, configMaps),
      secrets: this.#pick<Secret>('Secret', namespace, secrets),
      claims: this.#pick<PersistentVolumeClaim>('PersistentVolumeClaim', namespace, claims),
      ...(runtimeClass && { runtimeClass }),
    };
  }

  #pick<T extends SideObject>(
    kind: T['kind'],
    namespace: string,
    names: ReadonlySet<string>,
  ): ReadonlyMap<string, T> {
    if (names.size === 0) return new Map();
    const found = [...names].flatMap((name) => {
      const object = this.#get<T>(kind, namespace, name);
      return object === undefined ? [] : [[name, object] as const];
    });
    return new Map(found);
  }

  #get<T extends SideObject>(kind: T['kind'], namespace: string, name: string): T | undefined {
    const object = this.#held.get(`${kind}/${namespace}/${name}`)?.object;
    return isKind<T>(object, kind) ? object : undefined;
  }
}

function isKind<T extends SideObject>(object: SideObject | undefined, kind: T['kind']): object is T {
  return object?.kind === kind;
}

function keyOf({ kind, metadata }: SideObject): string {
  return `${kind}/${metadata.namespace}/${metadata.name}`;
}

type Claims = [ObjectRecord, ...ObjectRecord[]];

function claimsByKey(manifests: ManifestSnapshot): ReadonlyMap<string, Claims> {
  const byKey = new Map<string, Claims>();
  for (const directory of manifests.directories) {
    if (directory.state !== 'read') continue;
    for (const file of directory.files) {
      if (file.state !== 'accepted') continue;
      for (const found of file.objects) if (found.kind !== 'Pod') addClaim(byKey, found);
    }
  }
  return byKey;
}

function addClaim(byKey: Map<string, Claims>, { object, file, line }: ObjectRecord): void {
  const others = byKey.get(keyOf(object));
  if (others === undefined) byKey.set(keyOf(object), [{ object, file, line }]);
  else others.push({ object, file, line });
}

/** The field that must not be changed, by Kubernetes' rule (validation: ValidateConfigMapUpdate, ValidateSecretUpdate). */
function brokenRule(before: SideObject, now: SideObject): 'data' | 'immutable' | undefined {
  if (!('immutable' in before && 'immutable' in now) || !before.immutable) return undefined;
  if (!now.immutable) return 'immutable';
  return before.digest === now.digest ? undefined : 'data';
}

function isUnchanged(a: SideObject, b: SideObject): boolean {
  return a === b || (isSame(a, b) && isDeepStrictEqual(a.metadata, b.metadata));
}

/** Whether it makes no difference to who uses it: labels and annotations do not count. */
function isSame(a: SideObject, b: SideObject): boolean {
  return a === b || ('digest' in a && 'digest' in b && a.digest === b.digest && a.immutable === b.immutable);
}

/** The same object, wherever it stands by now. */
function moved(before: ObjectRecord, { file, line }: ObjectRecord): ObjectRecord {
  return before.file === file && before.line === line ? before : { ...before, file, line };
}

function duplicate(refused: ObjectRecord, holder: ObjectRecord): ManifestMessage {
  return message(refused, `${titleOf(refused)} is already defined by ${holder.file}`);
}

function immutable(record: ObjectRecord): string {
  return `Forbidden: field is immutable when \`immutable\` is set; ${titleOf(record)} stays as it was until it is deleted`;
}

/** `ConfigMap "default/settings"` */
function titleOf({ object: { kind, metadata } }: ObjectRecord): string {
  const { namespace, name } = metadata;
  return `${kind} "${namespace === '' ? name : `${namespace}/${name}`}"`;
}

function message({ file, line }: ObjectRecord, text: string): ManifestMessage {
  return { file, line, column: 1, path: 'metadata.name', message: text };
}

function isEqual(a: UsedObjects, b: UsedObjects): boolean {
  return (
    a.runtimeClass === b.runtimeClass &&
    isSameMap(a.configMaps, b.configMaps, isSame) &&
    isSameMap(a.secrets, b.secrets, isSame) &&
    isSameMap(a.claims, b.claims, isSame)
  );
}

function isSameMap<T>(
  a: ReadonlyMap<string, T>,
  b: ReadonlyMap<string, T>,
  isSameValue: (a: T, b: T) => boolean,
): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([name, value]) => {
    const other = b.get(name);
    return other !== undefined && isSameValue(value, other);
  });
}

function isSameRecord(a: ObjectRecord, b: ObjectRecord): boolean {
  return a === b;
}
