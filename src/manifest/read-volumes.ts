import { dns1123LabelErrors, type Volume, type VolumeSource } from '../pod/index.ts';
import { chosenKind } from './chosen-kind.ts';
import { containerNames } from './container-names.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { quote } from './problems.ts';
import type { FileContext } from './read-file-items.ts';
import {
  readConfigMapVolume,
  readDownwardVolume,
  readProjectedVolume,
  readSecretVolume,
} from './read-files-volume.ts';
import { readClaim, readEmptyDir, readEphemeral, readHostPath, readImage } from './read-plain-volume.ts';

/**
 * Reads `volumes` of a PodSpec, with the defaults core/v1 applies. A volume that cannot be as it is written, which is reported, stands
 * as an emptyDir: then its mounts say nothing more.
 */
export function readVolumes(spec: Fields): readonly Volume[] {
  const context = { containers: containerNames(spec) };
  const names = new Set<string>();
  return spec.objects('volumes', shapeOf('V1Volume')).map((fields) => {
    const name = readName(fields, names);
    return { name, source: readSource(fields, context) ?? EMPTY_DIR };
  });
}

const EMPTY_DIR: VolumeSource = { kind: 'emptyDir', medium: '' };

type SourceReader = (volume: Fields, context: FileContext) => VolumeSource | undefined;

const readers: { readonly [K in VolumeSource['kind']]: SourceReader } = {
  emptyDir: readEmptyDir,
  hostPath: readHostPath,
  persistentVolumeClaim: readClaim,
  ephemeral: readEphemeral,
  image: readImage,
  configMap: readConfigMapVolume,
  secret: readSecretVolume,
  downwardAPI: readDownwardVolume,
  projected: readProjectedVolume,
};

function readName(fields: Fields, names: Set<string>): string {
  const name = fields.requiredText('name') ?? '';
  if (name === '') return name;
  fields.reportInvalid('name', name, dns1123LabelErrors(name));
  if (names.has(name)) fields.report('name', `Duplicate value: ${quote(name)}`);
  names.add(name);
  return name;
}

/** Without any kind a volume is an emptyDir (core/v1: SetDefaults_Volume). */
function readSource(fields: Fields, context: FileContext): VolumeSource | undefined {
  const kind = chosenKind(fields, shapeOf('V1Volume'), 'may not specify more than 1 volume type');
  return kind !== undefined && isHonoured(kind) ? readers[kind](fields, context) : undefined;
}

function isHonoured(kind: string): kind is VolumeSource['kind'] {
  return Object.hasOwn(readers, kind);
}
