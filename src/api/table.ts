import { type JsonObject, objectAt } from '../base/index.ts';
import type { IncludeObject, MetaVersion } from './accept.ts';
import type { Column, Resource } from './resource.ts';

export interface TableOptions {
  readonly resource: Pick<Resource, 'columns' | 'cells'>;
  readonly version: MetaVersion;
  readonly include: IncludeObject;
  readonly nowMs: number;
  /** Of a watch only the first table says what its columns are. */
  readonly withColumns: boolean;
}

/** Objects as rows with the columns that kubectl prints (meta/v1 Table). `metadata` is the list's. */
export function tableOf(
  objects: readonly JsonObject[],
  metadata: JsonObject,
  options: TableOptions,
): JsonObject {
  const { resource, version, withColumns, nowMs } = options;
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: withColumns ? resource.columns.map(columnDefinition) : [],
    rows: objects.map((object) => ({
      cells: resource.cells(object, nowMs),
      ...rowObject(object, options),
    })),
  };
}

/** What of an object is told where only its metadata is asked for. */
export function partialOf(object: JsonObject, version: MetaVersion): JsonObject {
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: objectAt(object, 'metadata'),
  };
}

function rowObject(object: JsonObject, { include, version }: TableOptions): JsonObject {
  switch (include) {
    case 'None':
      return {};
    case 'Object':
      return { object };
    case 'Metadata':
      return { object: partialOf(object, version) };
  }
}

function columnDefinition({ format, ...column }: Column): JsonObject {
  return { ...column, format: format ?? '' };
}
