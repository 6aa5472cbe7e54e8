import type { FilesSource, ObjectSource, ProjectedSource } from '../pod/index.ts';
import { chosenKind } from './chosen-kind.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { type FileContext, readDownwardItems, readKeyItems, readMode } from './read-file-items.ts';

const DEFAULT_MODE = 0o644;

/** Reads a `configMap` volume. */
export function readConfigMapVolume(volume: Fields, context: FileContext): FilesSource | undefined {
  const fields = volume.object('configMap', shapeOf('V1ConfigMapVolumeSource'));
  if (fields === undefined) return undefined;
  return {
    kind: 'configMap',
    ...readObjectSource(fields, 'name', context),
    defaultMode: defaultMode(fields),
  };
}

/** Reads a `secret` volume, which calls its object by another field than all others do. */
export function readSecretVolume(volume: Fields, context: FileContext): FilesSource | undefined {
  const fields = volume.object('secret', shapeOf('V1SecretVolumeSource'));
  if (fields === undefined) return undefined;
  const source = readObjectSource(fields, 'secretName', context);
  return { kind: 'secret', ...source, defaultMode: defaultMode(fields) };
}

/** Reads a `downwardAPI` volume. */
export function readDownwardVolume(volume: Fields, context: FileContext): FilesSource | undefined {
  const fields = volume.object('downwardAPI', shapeOf('V1DownwardAPIVolumeSource'));
  if (fields === undefined) return undefined;
  const items = readDownwardItems(fields, context);
  return { kind: 'downwardAPI', items, defaultMode: defaultMode(fields) };
}

/** Reads a `projected` volume: several sources in one directory, where no two may name the same file. */
export function readProjectedVolume(volume: Fields, { containers }: FileContext): FilesSource | undefined {
  const fields = volume.object('projected', shapeOf('V1ProjectedVolumeSource'));
  if (fields === undefined) return undefined;
  const context = { containers, taken: new Set<string>() };
  const sources = fields
    .objects('sources', shapeOf('V1VolumeProjection'))
    .flatMap((source) => readProjection(source, context));
  return { kind: 'projected', sources, defaultMode: defaultMode(fields) };
}

/** A source without any kind adds nothing, as in Kubernetes. */
function readProjection(source: Fields, context: FileContext): ProjectedSource[] {
  const kind = chosenKind(
    source,
    shapeOf('V1VolumeProjection'),
    'may not specify more than 1 volume type per source',
  );
  switch (kind) {
    case 'configMap':
    case 'secret': {
      const fields = source.object(
        kind,
        shapeOf(kind === 'secret' ? 'V1SecretProjection' : 'V1ConfigMapProjection'),
      );
      return fields === undefined ? [] : [{ kind, ...readObjectSource(fields, 'name', context) }];
    }
    case 'downwardAPI': {
      const fields = source.object(kind, shapeOf('V1DownwardAPIProjection'));
      return fields === undefined ? [] : [{ kind, items: readDownwardItems(fields, context) }];
    }
    default:
      return [];
  }
}

function readObjectSource(
  fields: Fields,
  nameField: 'name' | 'secretName',
  context: FileContext,
): ObjectSource {
  const name = fields.requiredText(nameField) ?? '';
  const items = readKeyItems(fields, context);
  const optional = fields.boolean('optional') === true;
  return { name, ...(items === undefined ? {} : { items }), ...(optional ? { optional } : {}) };
}

function defaultMode(fields: Fields): number {
  return readMode(fields, 'defaultMode') ?? DEFAULT_MODE;
}
