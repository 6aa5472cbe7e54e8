import type { JsonObject, JsonValue } from '../base/index.ts';
import { objectAt, textAt } from '../base/index.ts';
import type { Form } from './accept.ts';
import { apiVersionOf, type Resource } from './resource.ts';
import { partialOf, tableOf } from './table.ts';

/** One object in the form that was asked for. */
export function shapeObject(object: JsonObject, form: Form, shaping: Shaping): JsonObject {
  switch (form.as) {
    case 'Object':
      return object;
    case 'PartialObjectMetadata':
      return partialOf(object, form.version);
    case 'Table': {
      const resourceVersion = textAt(objectAt(object, 'metadata'), 'resourceVersion');
      return tableOf([object], { resourceVersion }, { withColumns: true, ...shaping, ...form });
    }
  }
}

/** A list, or a part of one. `metadata` tells at which version of the store. */
export function shapeList(
  items: readonly JsonObject[],
  metadata: JsonObject,
  form: Form,
  shaping: Shaping,
): JsonObject {
  switch (form.as) {
    case 'Object': {
      const { resource } = shaping;
      return { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata, items };
    }
    case 'PartialObjectMetadata':
      return {
        kind: 'PartialObjectMetadataList',
        apiVersion: `meta.k8s.io/${form.version}`,
        metadata,
        items: items.map((item): JsonValue => partialOf(item, form.version)),
      };
    case 'Table':
      return tableOf(items, metadata, { withColumns: true, ...shaping, ...form });
  }
}

export interface Shaping {
  readonly resource: Resource;
  /** For ages. */
  readonly nowMs: number;
  /** True if absent. */
  readonly withColumns?: boolean;
}
