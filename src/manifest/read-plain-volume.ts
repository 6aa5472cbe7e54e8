import {
  dns1123SubdomainErrors,
  formatQuantity,
  parseQuantity,
  roundUpToMilli,
  type VolumeSource,
} from '../pod/index.ts';
import { defaultPullPolicy } from './default-pull-policy.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { backstepErrors } from './path-rules.ts';
import { readClaimSpec } from './read-claim-spec.ts';
import { readQuantity } from './read-quantity.ts';
import { unsupportedValue } from './unsupported-value.ts';

const MEDIA = ['', 'Memory', 'HugePages', 'HugePages-<size>'];
const HUGE_PAGES = 'HugePages-';
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'] as const;
const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
] as const;

/** Reads an `emptyDir` volume. No limit, and a limit of zero, which is none for the kubelet, are the same. */
export function readEmptyDir(volume: Fields): VolumeSource | undefined {
  const fields = volume.object('emptyDir', shapeOf('V1EmptyDirVolumeSource'));
  if (fields === undefined) return undefined;
  const medium = fields.text('medium') ?? '';
  if (!isMedium(medium)) fields.report('medium', unsupportedValue(medium, MEDIA));
  const limit = readQuantity(fields, 'sizeLimit');
  if (limit !== undefined && limit.nanos < 0n) {
    fields.report('sizeLimit', 'Forbidden: SizeLimit field must be a valid resource quantity');
  }
  const sizeLimit = limit === undefined ? '0' : formatQuantity(roundUpToMilli(limit));
  return { kind: 'emptyDir', medium, ...(sizeLimit === '0' ? {} : { sizeLimit }) };
}

function isMedium(medium: string): boolean {
  if (!medium.startsWith(HUGE_PAGES)) return MEDIA.slice(0, 3).includes(medium);
  const size = parseQuantity(medium.slice(HUGE_PAGES.length));
  return size !== undefined && size.nanos > 0n;
}

/** Reads a `hostPath` volume. */
export function readHostPath(volume: Fields): VolumeSource | undefined {
  const fields = volume.object('hostPath', shapeOf('V1HostPathVolumeSource'));
  if (fields === undefined) return undefined;
  const path = fields.requiredText('path') ?? '';
  fields.reportInvalid('path', path, backstepErrors(path));
  // Kubernetes leaves it to the runtime to stumble over this.
  if (path !== '' && !path.startsWith('/')) fields.reportInvalid('path', path, ['must be an absolute path']);
  return { kind: 'hostPath', path, type: fields.word('type', HOST_PATH_TYPES) ?? '' };
}

/** Reads a `persistentVolumeClaim` volume. The claim's name is a directory's, too, so it is checked where it is used. */
export function readClaim(volume: Fields): VolumeSource | undefined {
  const fields = volume.object('persistentVolumeClaim', shapeOf('V1PersistentVolumeClaimVolumeSource'));
  if (fields === undefined) return undefined;
  const claimName = fields.requiredText('claimName') ?? '';
  if (claimName !== '') fields.reportInvalid('claimName', claimName, dns1123SubdomainErrors(claimName));
  const readOnly = fields.boolean('readOnly') === true;
  return { kind: 'persistentVolumeClaim', claimName, ...(readOnly ? { readOnly } : {}) };
}

/** Reads an `ephemeral` volume. Its template is checked, and asks for nothing that a directory would not give. */
export function readEphemeral(volume: Fields): VolumeSource | undefined {
  const fields = volume.object('ephemeral', shapeOf('V1EphemeralVolumeSource'));
  if (fields === undefined) return undefined;
  if (!fields.has('volumeClaimTemplate')) {
    fields.report('volumeClaimTemplate', 'Required value');
    return undefined;
  }
  const template = fields.object('volumeClaimTemplate', shapeOf('V1PersistentVolumeClaimTemplate'));
  if (template !== undefined) readClaimSpec(template);
  return { kind: 'ephemeral' };
}

/** Reads an `image` volume. */
export function readImage(volume: Fields): VolumeSource | undefined {
  const fields = volume.object('image', shapeOf('V1ImageVolumeSource'));
  if (fields === undefined) return undefined;
  const reference = fields.requiredText('reference') ?? '';
  if (reference.trim() !== reference) {
    fields.reportInvalid('reference', reference, ['must not have leading or trailing whitespace']);
  }
  const pullPolicy = fields.word('pullPolicy', PULL_POLICIES) ?? defaultPullPolicy(reference);
  return { kind: 'image', reference, pullPolicy };
}
