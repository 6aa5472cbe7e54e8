import {
  asPodUid,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  labelValueErrors,
  type PodMetadata,
  qualifiedNameErrors,
} from '../pod/index.ts';
import type { Fields } from './fields.ts';

const MAX_ANNOTATIONS_BYTES = 256 * 1024;

/**
 * Reads name, namespace, labels, annotations and uid. The name is the pod's own: nothing is appended to it, since there
 * is one machine and no API server to keep names apart.
 */
export function readMetadata(fields: Fields): PodMetadata {
  const uid = readUid(fields);
  return {
    name: readName(fields),
    namespace: readNamespace(fields),
    ...(uid === undefined ? {} : { uid: asPodUid(uid) }),
    labels: readLabels(fields),
    annotations: readAnnotations(fields),
  };
}

function readName(fields: Fields): string {
  const generate = fields.text('generateName');
  const hint = generate === undefined ? '' : 'generateName is not enough, no API server makes a name of it';
  const name = fields.requiredText('name', hint);
  if (name === undefined) return '';
  fields.reportInvalid('name', name, dns1123SubdomainErrors(name));
  return name;
}

function readNamespace(fields: Fields): string {
  const namespace = fields.text('namespace') ?? 'default';
  fields.reportInvalid('namespace', namespace, dns1123LabelErrors(namespace));
  return namespace;
}

/** The UID names directories on this machine, so it is held to what is safe as one part of a path. */
function readUid(fields: Fields): string | undefined {
  const uid = fields.text('uid');
  if (uid === undefined) return undefined;
  if (uid.length > 128 || uid.includes('..') || !/^[A-Za-z0-9][-A-Za-z0-9_.]*$/.test(uid)) {
    fields.reportInvalid('uid', uid, [
      "must begin with a letter or digit, consist of letters, digits, '-', '_' and '.' without '..', and be no more " +
        'than 128 characters: it names a directory',
    ]);
  }
  return uid;
}

function readLabels(fields: Fields): Record<string, string> {
  const labels = fields.stringMap('labels');
  for (const [key, value, offset] of labels) {
    fields.reportInvalidKey('labels', { text: key, offset }, qualifiedNameErrors(key));
    fields.reportInvalidKey('labels', { text: value, offset }, labelValueErrors(value));
  }
  return toRecord(labels);
}

function readAnnotations(fields: Fields): Record<string, string> {
  const annotations = fields.stringMap('annotations');
  let bytes = 0;
  for (const [key, value, offset] of annotations) {
    // Kubernetes takes upper case anywhere in an annotation's key, in its DNS prefix, too.
    fields.reportInvalidKey('annotations', { text: key, offset }, qualifiedNameErrors(key.toLowerCase()));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > MAX_ANNOTATIONS_BYTES) {
    fields.report('annotations', `Too long: may not be more than ${MAX_ANNOTATIONS_BYTES} bytes`);
  }
  return toRecord(annotations);
}

/** Safe for every key: fromEntries defines own properties, and a valid key cannot be `__proto__` anyhow. */
function toRecord(entries: readonly (readonly [string, string, number])[]): Record<string, string> {
  return Object.fromEntries(entries.map(([key, value]) => [key, value]));
}
