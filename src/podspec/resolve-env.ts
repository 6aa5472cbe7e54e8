import {
  type ConfigMap,
  downwardValue,
  type EnvFrom,
  type EnvSource,
  envNameErrors,
  expand,
  type PodFacts,
  type Secret,
  type UsedObjects,
} from '../pod/index.ts';
import { envFileKey, lookUpEnvFile } from './env-file.ts';
import { secretText, textProblem } from './secret-text.ts';
import type { Subject } from './subject.ts';

/** What variables may come from beside the pod itself. */
export interface EnvSources {
  readonly uses: UsedObjects;
  /** Texts of the files of `envFilesOf`, by `<volume>/<path>`; undefined where there is no such file. */
  readonly envFiles: ReadonlyMap<string, string | undefined>;
}

/** The variables in the order they are sent, or why there are none: a reason for CreateContainerConfigError, without any value. */
export type ResolvedEnv = { readonly variables: ReadonlyMap<string, string> } | { readonly problem: string };

/**
 * The variables of a container (kubelet: makeEnvironmentVariables): those of envFrom first, then env as written. Later ones
 * override earlier ones of the same name, and `$(NAME)` sees what was set before. Service variables come with services.
 */
export function resolveEnv(subject: Subject, facts: PodFacts, sources: EnvSources): ResolvedEnv {
  const variables = new Map<string, string>();
  for (const whole of subject.container.envFrom ?? []) {
    const problem = addAll(variables, whole, subject, sources.uses);
    if (problem !== undefined) return { problem };
  }
  for (const { name, value, valueFrom } of subject.container.env) {
    const found =
      valueFrom === undefined
        ? { text: expand(value, variables) }
        : lookUp(valueFrom, subject, { ...sources, facts });
    if ('problem' in found) return found;
    if ('text' in found) variables.set(name, found.text);
  }
  return { variables };
}

/** All keys of an object. Those that make no name for a variable are left out (kubelet: InvalidEnvironmentVariableNames). */
function addAll(
  variables: Map<string, string>,
  { kind, name, prefix = '', optional }: EnvFrom,
  { pod }: Subject,
  uses: UsedObjects,
): string | undefined {
  const type = kind === 'secretRef' ? 'Secret' : 'ConfigMap';
  const object = objectOf(uses, type, name);
  if (object === undefined) return optional === true ? undefined : notFound(type, name);
  for (const key of object.data.keys()) {
    if (envNameErrors(`${prefix}${key}`).length > 0) continue;
    const found = textOf(object, key, pod.metadata.namespace);
    if ('problem' in found) return found.problem;
    if ('text' in found) variables.set(`${prefix}${key}`, found.text);
  }
  return undefined;
}

type Found = { readonly text: string } | { readonly problem: string } | { readonly absent: true };

function lookUp(
  source: EnvSource,
  { pod, container }: Subject,
  given: EnvSources & { facts: PodFacts },
): Found {
  switch (source.kind) {
    case 'fieldRef':
    case 'resourceFieldRef':
      return downwardValue(pod, source, given.facts, container);
    case 'configMapKeyRef':
    case 'secretKeyRef':
      return keyOf(source, pod.metadata.namespace, given.uses);
    case 'fileKeyRef':
      return fromFile(source, given.envFiles);
  }
}

function keyOf(
  source: Extract<EnvSource, { kind: 'configMapKeyRef' | 'secretKeyRef' }>,
  namespace: string,
  uses: UsedObjects,
): Found {
  const { name, key, optional } = source;
  const type = source.kind === 'secretKeyRef' ? 'Secret' : 'ConfigMap';
  const object = objectOf(uses, type, name);
  if (object === undefined) return optional === true ? { absent: true } : { problem: notFound(type, name) };
  const found = textOf(object, key, namespace);
  if (!('absent' in found) || optional === true) return found;
  return { problem: `couldn't find key ${key} in ${type} ${namespace}/${name}` };
}

function fromFile(
  { volumeName: volume, path, key, optional }: Extract<EnvSource, { kind: 'fileKeyRef' }>,
  files: EnvSources['envFiles'],
): Found {
  const text = files.get(envFileKey({ volume, path }));
  if (text === undefined) {
    return optional === true
      ? { absent: true }
      : { problem: `environment variable file "${path}" not found in volume "${volume}"` };
  }
  const file = `environment variable file "${path}" of volume "${volume}"`;
  const found = lookUpEnvFile(text, key);
  if ('problem' in found) return { problem: `couldn't parse ${file}: ${found.problem}` };
  if ('missing' in found)
    return optional === true ? { absent: true } : { problem: `couldn't find key ${key} in ${file}` };
  const problem = textProblem(found.value);
  return problem === undefined
    ? { text: found.value }
    : { problem: `couldn't use key ${key} in ${file}: ${problem}` };
}

function objectOf(
  uses: UsedObjects,
  type: 'ConfigMap' | 'Secret',
  name: string,
): ConfigMap | Secret | undefined {
  return type === 'Secret' ? uses.secrets.get(name) : uses.configMaps.get(name);
}

/** A ConfigMap's binary data is for files only. */
function textOf(object: ConfigMap | Secret, key: string, namespace: string): Found {
  const value = object.data.get(key);
  if (value === undefined) return { absent: true };
  const text = object.kind === 'Secret' ? secretText(value) : value;
  const problem = text === undefined ? 'its value is not valid UTF-8' : textProblem(text);
  if (text !== undefined && problem === undefined) return { text };
  const where = `${object.kind} ${namespace}/${object.metadata.name}`;
  return { problem: `couldn't use key ${key} in ${where}: ${problem}` };
}

function notFound(type: 'ConfigMap' | 'Secret', name: string): string {
  return `${type.toLowerCase()} "${name}" not found`;
}
