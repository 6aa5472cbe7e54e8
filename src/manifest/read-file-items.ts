import type { DownwardFile, DownwardRef, KeyToPath } from '../pod/index.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { filePathErrors } from './path-rules.ts';
import { readFieldRef, readResourceFieldRef } from './read-downward-ref.ts';

/** What of a pod the files of a volume may tell, beside single labels and annotations: nothing that changes by itself. */
const FIELD_PATHS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

/** What the files of one volume are checked against. */
export interface FileContext {
  /** Names of the pod's containers. */
  readonly containers: ReadonlySet<string>;
  /** Paths that a projected volume has already: there two files of one path are an error, elsewhere the last one wins. */
  readonly taken?: Set<string>;
}

/** Reads `items` of a ConfigMap or Secret as files; undefined where all keys are wanted. */
export function readKeyItems(owner: Fields, context: FileContext): readonly KeyToPath[] | undefined {
  const items = owner.objects('items', shapeOf('V1KeyToPath')).map((fields) => {
    const key = fields.requiredText('key') ?? '';
    return { key, ...readPlace(fields, context) };
  });
  return owner.isEmpty('items') ? undefined : items;
}

/** Reads `items` of the downward API as files. */
export function readDownwardItems(owner: Fields, context: FileContext): readonly DownwardFile[] {
  return owner.objects('items', shapeOf('V1DownwardAPIVolumeFile')).flatMap((fields) => {
    const place = readPlace(fields, context);
    const ref = readRef(fields, context);
    return ref === undefined ? [] : [{ ...place, ...ref }];
  });
}

/** Reads permission bits; undefined where there are none. */
export function readMode(fields: Fields, name: 'mode' | 'defaultMode'): number | undefined {
  const mode = fields.integer(name, 'int32');
  if (mode !== undefined && (mode < 0 || mode > 0o777)) {
    fields.reportInvalid(name, mode, ['must be a number between 0 and 0777 (octal), both inclusive']);
  }
  return mode;
}

function readPlace(fields: Fields, { taken }: FileContext): { path: string; mode?: number } {
  const path = fields.requiredText('path') ?? '';
  fields.reportInvalid('path', path, filePathErrors(path));
  if (path !== '' && taken?.has(path)) fields.reportInvalid('path', path, ['conflicting duplicate paths']);
  taken?.add(path);
  const mode = readMode(fields, 'mode');
  return { path, ...(mode === undefined ? {} : { mode }) };
}

function readRef(fields: Fields, { containers }: FileContext): DownwardRef | undefined {
  const both = fields.has('fieldRef') && fields.has('resourceFieldRef');
  if (both)
    fields.report(
      'resourceFieldRef',
      'Forbidden: fieldRef and resourceFieldRef can not be specified simultaneously',
    );
  if (fields.has('resourceFieldRef') && !both) return readResourceFieldRef(fields, containers, 'volume');
  if (fields.has('fieldRef')) return readFieldRef(fields, FIELD_PATHS);
  fields.report('fieldRef', 'Required value: one of fieldRef and resourceFieldRef is required');
  return undefined;
}
