import {
  configKeyErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type EnvFrom,
  type EnvSource,
  type EnvVar,
  envNameErrors,
  type KeyRef,
} from '../pod/index.ts';
import { shapeOf, shapes } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { relativePathErrors } from './path-rules.ts';
import type { PodContext } from './pod-context.ts';
import { present } from './present.ts';
import { quote } from './problems.ts';
import { readFieldRef, readResourceFieldRef } from './read-downward-ref.ts';

/** What a variable may tell of its pod, beside single labels and annotations. */
const FIELD_PATHS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

const NO_SOURCE =
  'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
const TWO_SOURCES = 'may not have more than one field specified at a time';

type Reader = (source: Fields, pod: PodContext) => EnvSource | undefined;

const readers: { readonly [K in EnvSource['kind']]: Reader } = {
  fieldRef: (source) => readFieldRef(source, FIELD_PATHS),
  resourceFieldRef: (source, pod) => readResourceFieldRef(source, pod.containers, 'env'),
  configMapKeyRef: (source) => {
    const ref = readKeyRef(source.object('configMapKeyRef', shapeOf('V1ConfigMapKeySelector')));
    return ref && { kind: 'configMapKeyRef', ...ref };
  },
  secretKeyRef: (source) => {
    const ref = readKeyRef(source.object('secretKeyRef', shapeOf('V1SecretKeySelector')));
    return ref && { kind: 'secretKeyRef', ...ref };
  },
  fileKeyRef: readFileKeyRef,
};

/** Reads `env`. Names may repeat: the last one wins in the container, and earlier ones may be used by later values. */
export function readEnv(container: Fields, pod: PodContext): EnvVar[] {
  return container.objects('env', shapes.envVar).map((fields) => {
    const name = fields.requiredText('name') ?? '';
    if (name !== '') fields.reportInvalid('name', name, envNameErrors(name));
    const value = fields.text('value') ?? '';
    return present({ name, value, valueFrom: readSource(fields, value, pod) });
  });
}

/** Reads `envFrom`. */
export function readEnvFrom(container: Fields): EnvFrom[] {
  return container.objects('envFrom', shapeOf('V1EnvFromSource')).flatMap((fields) => {
    const prefix = fields.text('prefix');
    if (prefix !== undefined) fields.reportInvalid('prefix', prefix, envNameErrors(prefix));
    const configMap = readWholeRef(fields, 'configMapRef', prefix);
    const secret = readWholeRef(fields, 'secretRef', prefix);
    const count = ['configMapRef', 'secretRef'].filter((name) => fields.has(name)).length;
    if (count === 0)
      fields.reportSelf('Invalid value: "": must specify one of: `configMapRef` or `secretRef`');
    if (count > 1) fields.reportSelf(`Invalid value: "": ${TWO_SOURCES}`);
    return configMap ?? secret ?? [];
  });
}

function readSource(variable: Fields, value: string, pod: PodContext): EnvSource | undefined {
  if (!variable.has('valueFrom')) return undefined;
  const source = variable.object('valueFrom', shapeOf('V1EnvVarSource'));
  if (source === undefined) return undefined;
  const named = source.names.filter(isSource);
  const refuse = (reason: string): void => variable.reportInvalid('valueFrom', '', [reason]);
  // A source that is misspelt was reported as an unknown field.
  if (source.names.length === 0) refuse(NO_SOURCE);
  else if (named.length > 0 && value !== '') refuse('may not be specified when `value` is not empty');
  else if (named.length > 1) refuse(TWO_SOURCES);
  const [first] = named.map((name) => readers[name](source, pod));
  return first;
}

function isSource(name: string): name is EnvSource['kind'] {
  return Object.hasOwn(readers, name);
}

/** The key of a ConfigMap or Secret. */
function readKeyRef(fields: Fields | undefined): KeyRef | undefined {
  if (fields === undefined) return undefined;
  const name = readObjectName(fields);
  const key = fields.requiredText('key') ?? '';
  if (key !== '') fields.reportInvalid('key', key, configKeyErrors(key));
  return present({ name, key, optional: readOptional(fields) });
}

function readWholeRef(owner: Fields, kind: EnvFrom['kind'], prefix?: string): EnvFrom | undefined {
  if (!owner.has(kind)) return undefined;
  const type = kind === 'secretRef' ? 'V1SecretEnvSource' : 'V1ConfigMapEnvSource';
  const fields = owner.object(kind, shapeOf(type));
  if (fields === undefined) return undefined;
  return present({ kind, name: readObjectName(fields), prefix, optional: readOptional(fields) });
}

/** A key of a file that another container of the pod wrote; only an emptyDir is shared by them and ends with the pod. */
function readFileKeyRef(source: Fields, pod: PodContext): EnvSource | undefined {
  const fields = source.object('fileKeyRef', shapeOf('V1FileKeySelector'));
  if (fields === undefined) return undefined;
  const path = fields.requiredText('path') ?? '';
  fields.reportInvalid('path', path, relativePathErrors(path));
  const key = fields.requiredText('key') ?? '';
  if (key !== '') fields.reportInvalid('key', key, envNameErrors(key));
  return present({
    kind: 'fileKeyRef' as const,
    volumeName: readVolumeName(fields, pod),
    path,
    key,
    optional: readOptional(fields),
  });
}

function readVolumeName(fields: Fields, { volumes }: PodContext): string {
  const name = fields.requiredText('volumeName') ?? '';
  if (name === '') return name;
  const reasons = dns1123LabelErrors(name);
  fields.reportInvalid('volumeName', name, reasons);
  const volume = volumes.get(name);
  if (volume === undefined) {
    if (reasons.length === 0) fields.report('volumeName', `Not found: ${quote(name)}`);
  } else if (volume.source.kind !== 'emptyDir') {
    fields.reportInvalid('volumeName', name, ['referenced volume must be of type emptyDir']);
  }
  return name;
}

function readObjectName(fields: Fields): string {
  const name = fields.requiredText('name') ?? '';
  if (name !== '') fields.reportInvalid('name', name, dns1123SubdomainErrors(name));
  return name;
}

const readOptional = (fields: Fields): true | undefined => fields.boolean('optional') || undefined;
