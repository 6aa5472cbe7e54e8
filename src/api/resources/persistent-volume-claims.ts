import { isEqualJson, type JsonObject, listAt, objectAt, textAt } from '../../base/index.ts';
import type { Resource } from '../resource.ts';
import { without } from '../verbs/desired.ts';
import { forbiddenField } from '../verbs/failures.ts';
import { AGE, ageOf, column, NAME, nameOf, orElse, wideColumn } from './columns.ts';

/** In the order Kubernetes lists them (GetAccessModesAsString). */
const SHORT_MODES = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
] as const;

export const persistentVolumeClaims: Resource = {
  group: '',
  version: 'v1',
  name: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  kind: 'PersistentVolumeClaim',
  namespaced: true,
  shortNames: ['pvc'],
  categories: [],
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [{ name: 'status', verbs: ['get'] }],
  columns: [
    NAME,
    column('Status', 'Whether there is a volume for it.'),
    column('Volume', 'The name of its volume.'),
    column('Capacity', 'How much there is room for.'),
    column('Access Modes', 'Who may use it at once.'),
    column('StorageClass', 'The class that was asked for.'),
    column('VolumeAttributesClass', 'The class of attributes that was asked for.'),
    AGE,
    wideColumn('VolumeMode', 'Whether it is a directory or a device.'),
  ],
  // Kubernetes: printPersistentVolumeClaim in pkg/printers/internalversion/printers.go.
  cells(claim, nowMs) {
    const { spec, status } = claim;
    const volume = textAt(spec, 'volumeName');
    return [
      nameOf(claim),
      objectAt(claim, 'metadata').deletionTimestamp === undefined ? textAt(status, 'phase') : 'Terminating',
      volume,
      volume === '' ? '' : quantityWord(objectAt(status, 'capacity')),
      volume === '' ? '' : modesWord(status),
      classOf(claim),
      orElse(textAt(spec, 'volumeAttributesClassName'), '<unset>'),
      ageOf(claim, nowMs),
      orElse(textAt(spec, 'volumeMode'), '<unset>'),
    ];
  },
  fields: {},
  withDefaults: (claim, before) => ({ ...claim, spec: defaultedSpec(claim, before) }),
  refuseChange: (before, after) =>
    isEqualJson(fixedSpec(before), fixedSpec(after))
      ? []
      : [
          forbiddenField(
            'spec',
            'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
          ),
        ],
};

/** A client that brings its manifest back does not name the volume that the claim was given. */
function defaultedSpec(claim: JsonObject, before?: JsonObject): JsonObject {
  const spec = objectAt(claim, 'spec');
  const volumeName = orElse(textAt(spec, 'volumeName'), textAt(before?.spec, 'volumeName'));
  return { volumeMode: 'Filesystem', ...spec, ...(volumeName !== '' && { volumeName }) };
}

/** What of a claim stays as it was made. Of its resources only the requests are shown (kubernetes: ValidatePersistentVolumeClaimUpdate). */
function fixedSpec(claim: JsonObject): JsonObject {
  return without(defaultedSpec(claim), ['resources', 'volumeAttributesClassName']);
}

function quantityWord({ storage }: JsonObject): string {
  return typeof storage === 'string' || typeof storage === 'number' ? String(storage) : '0';
}

function modesWord(status: JsonObject['status']): string {
  const modes = listAt(status, 'accessModes');
  return SHORT_MODES.flatMap(([mode, short]) => (modes.includes(mode) ? short : [])).join(',');
}

function classOf({ metadata, spec }: JsonObject): string {
  const annotated = textAt(objectAt(metadata, 'annotations'), 'volume.beta.kubernetes.io/storage-class');
  return orElse(annotated, textAt(spec, 'storageClassName'));
}
