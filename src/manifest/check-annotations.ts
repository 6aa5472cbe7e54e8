import {
  allContainers,
  annotation,
  annotationPrefix,
  type Container,
  type Pod,
  readWishes,
  type SecurityProfile,
  wishAnnotations,
} from '../pod/index.ts';
import type { Fields } from './fields.ts';
import { nearestWord } from './nearest-word.ts';
import { relativePathErrors } from './path-rules.ts';
import { quote } from './problems.ts';

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';

/** vendor/class=device (CDI: parser.ParseQualifiedName). */
const CDI_DEVICE =
  /^[A-Za-z](?:[\w.-]*[A-Za-z0-9])?\/[A-Za-z](?:[\w-]*[A-Za-z0-9])?=[A-Za-z0-9](?:[\w.:-]*[A-Za-z0-9])?$/;

/**
 * Checks the annotations that mean something to Kubernetes or here. `metadata` are the fields they stand in, `pod` is what was read.
 */
export function checkAnnotations(metadata: Fields, pod: Pod): void {
  const { annotations } = pod.metadata;
  if (Object.keys(annotations).length === 0) return;
  const fields = metadata.map('annotations');
  if (fields === undefined) return;
  checkWishes(fields, pod);
  for (const [key, value] of Object.entries(annotations)) {
    const name = (prefix: string): string => key.slice(prefix.length);
    if (key.startsWith(annotationPrefix.cdi)) checkDevices(fields, key, value);
    else if (key.startsWith(annotationPrefix.appArmor)) {
      checkAppArmor({ fields, key, value }, pod, name(annotationPrefix.appArmor));
    } else if (key === SECCOMP_POD) {
      checkSeccomp({ fields, key, value }, pod.spec.securityContext?.seccompProfile);
    } else if (key.startsWith(SECCOMP_CONTAINER)) {
      const container = containerOf(pod, name(SECCOMP_CONTAINER));
      checkSeccomp({ fields, key, value }, container?.securityContext?.seccompProfile);
    }
  }
}

const OURS = 'tinylet.dev/';

/** Nothing is asked of us in vain: what we do not understand is an error. */
function checkWishes(fields: Fields, { metadata }: Pod): void {
  const { wishes, problems } = readWishes(metadata);
  for (const { annotation: key, value, message } of problems) {
    // What is no text was reported as such.
    const isText = fields.tree(key)?.kind === 'string' || !fields.has(key);
    if (isText) fields.reportInvalid(key, value, [message]);
  }
  if (metadata.annotations[annotation.progressDeadline] !== undefined && !wishes.rollback) {
    fields.note(annotation.progressDeadline, `has no effect without ${annotation.rollback}: "true"`);
  }
  for (const key of Object.keys(metadata.annotations)) {
    if (!key.startsWith(OURS) || wishAnnotations.includes(key)) continue;
    const near = nearestWord(
      key.slice(OURS.length),
      wishAnnotations.map((known) => known.slice(OURS.length)),
    );
    const hint = near === undefined ? '' : `, did you mean ${quote(`${OURS}${near}`)}?`;
    fields.report(key, `unknown annotation ${quote(key)}${hint}`);
  }
}

interface Annotation {
  readonly fields: Fields;
  readonly key: string;
  readonly value: string;
}

function checkDevices(fields: Fields, key: string, value: string): void {
  for (const device of value.split(',')) {
    if (CDI_DEVICE.test(device)) continue;
    fields.reportInvalid(key, device, [
      'invalid CDI device name: write vendor/class=device, several of them with commas and no blanks between',
    ]);
  }
}

/** What a container is given is its own field, else its annotation, else the pod's field; Kubernetes wants no two of them to differ. */
function checkAppArmor({ fields, key, value }: Annotation, pod: Pod, name: string): void {
  const container = containerOf(pod, name);
  if (container === undefined) fields.reportInvalid(key, name, ['container not found']);
  if (!/^($|runtime\/default$|unconfined$|localhost\/)/.test(value)) {
    fields.reportInvalid(key, value, [`invalid AppArmor profile name: ${quote(value)}`]);
    return;
  }
  const ofContainer = container?.securityContext?.appArmorProfile;
  const profile = container && (ofContainer ?? pod.spec.securityContext?.appArmorProfile);
  const mismatch = profile && mismatchOf(value, profile);
  if (mismatch !== undefined) {
    fields.report(key, `Forbidden: apparmor ${mismatch} in annotation and field must match`);
  }
}

/** Kubernetes reads these no more, but still refuses those that contradict the field. */
function checkSeccomp({ fields, key, value }: Annotation, profile: SecurityProfile | undefined): void {
  fields.note(key, 'has no effect, in Kubernetes since 1.27: set securityContext.seccompProfile');
  const [, localhost] = /^localhost\/(.*)$/s.exec(value) ?? [];
  const isKnown = ['runtime/default', 'docker/default', 'unconfined'].includes(value);
  if (localhost !== undefined) fields.reportInvalid(key, value, relativePathErrors(localhost));
  else if (!isKnown) fields.reportInvalid(key, value, ['must be a valid seccomp profile']);
  const mismatch = profile && mismatchOf(value.replace(/^docker\//, 'runtime/'), profile);
  if (mismatch !== undefined) {
    fields.report(key, `Forbidden: seccomp ${mismatch} in annotation and field must match`);
  }
}

/** What an annotation and a field do not agree on. */
function mismatchOf(value: string, profile: SecurityProfile): 'type' | 'profile' | undefined {
  switch (profile.type) {
    case 'Unconfined':
      return value === 'unconfined' ? undefined : 'type';
    case 'RuntimeDefault':
      return value === 'runtime/default' ? undefined : 'type';
    case 'Localhost':
      if (!value.startsWith('localhost/')) return 'type';
      return value === `localhost/${profile.localhostProfile}` ? undefined : 'profile';
  }
}

function containerOf(pod: Pod, name: string): Container | undefined {
  return allContainers(pod).find((container) => container.name === name);
}
