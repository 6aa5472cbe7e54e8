import { type AccessMode, formatQuantity, roundUpToMilli } from '../pod/index.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { readQuantity } from './read-quantity.ts';
import { unsupportedValue } from './unsupported-value.ts';

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'] as const;

export interface ClaimSpec {
  readonly accessModes: readonly AccessMode[];
  readonly storage?: string;
}

/** Reads a PersistentVolumeClaimSpec, of a claim or of an ephemeral volume's template (core/validation, in its words). */
export function readClaimSpec(owner: Fields): ClaimSpec {
  const fields = owner.object('spec', shapeOf('V1PersistentVolumeClaimSpec'));
  if (fields === undefined) return { accessModes: [] };
  const accessModes = readAccessModes(fields);
  const storage = readStorage(fields);
  readVolumeMode(fields);
  return { accessModes, ...(storage === undefined ? {} : { storage }) };
}

function readAccessModes(fields: Fields): readonly AccessMode[] {
  if (fields.isEmpty('accessModes')) {
    fields.report('accessModes', 'Required value: at least 1 access mode is required');
    return [];
  }
  const modes = fields.strings('accessModes').flatMap((text) => {
    const mode = ACCESS_MODES.find((candidate) => candidate === text);
    if (mode === undefined) fields.report('accessModes', unsupportedValue(text, ACCESS_MODES));
    return mode ?? [];
  });
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod')) {
    fields.report('accessModes', 'Forbidden: may not use ReadWriteOncePod with other access modes');
  }
  return modes;
}

function readStorage(fields: Fields): string | undefined {
  const requests = fields.object('resources', shapeOf('V1VolumeResourceRequirements'))?.map('requests');
  if (requests === undefined) return undefined;
  if (requests.isEmpty('storage')) {
    requests.report('storage', 'Required value');
    return undefined;
  }
  for (const name of requests.names) {
    if (name !== 'storage') requests.note(name, 'has no effect here: a claim asks for storage only');
  }
  const quantity = readQuantity(requests, 'storage');
  if (quantity === undefined) return undefined;
  const storage = formatQuantity(roundUpToMilli(quantity));
  if (quantity.nanos <= 0n) requests.reportInvalid('storage', storage, ['must be greater than zero']);
  requests.note('storage', 'is not enforced: a claim is a directory, and grows as its filesystem lets it');
  return storage;
}

/** Block is a valid word of Kubernetes', and needs a reason of its own. */
function readVolumeMode(fields: Fields): void {
  if (fields.word('volumeMode', ['Block', 'Filesystem']) !== 'Block') return;
  fields.report(
    'volumeMode',
    'Forbidden: a claim is a directory here, never a block device: name the device by a hostPath of type BlockDevice',
  );
}
