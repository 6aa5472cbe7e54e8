import { ApiFailure, loadTypes, serverSideApply, trackUpdate } from '../../../src/apimachinery/index.ts';
import {
  invariant,
  isJsonList,
  type JsonObject,
  type JsonValue,
  objectAt,
  textAt,
} from '../../../src/base/index.ts';

const types = await loadTypes();

/** Noon of a day, and minutes later: what happens in these tests happens then. */
export function minute(count: number): number {
  return Date.UTC(2026, 0, 2, 12, count, 0, 789);
}

interface Step {
  readonly by: string;
  readonly at?: number;
  readonly force?: boolean;
  readonly subresource?: string;
}

export function applied(
  live: JsonObject | undefined,
  said: JsonObject,
  { by, at = 0, force = false }: Step,
): JsonObject {
  return serverSideApply({
    live,
    applied: said,
    manager: by,
    force,
    nowMs: minute(at),
    type: typeOf(said),
    types,
  });
}

export function updated(
  before: JsonObject | undefined,
  after: JsonObject,
  { by, at = 0, subresource }: Step,
): JsonObject {
  const request = { before, after, manager: by, nowMs: minute(at), type: typeOf(after), types };
  return trackUpdate(subresource === undefined ? request : { ...request, subresource });
}

function typeOf(object: JsonObject): NonNullable<ReturnType<typeof types.typeOf>> {
  const type = types.typeOf('v1', textAt(object, 'kind')) ?? types.typeOf('v1', 'Pod');
  invariant(type !== undefined, 'the kind is served');
  return type;
}

export function pod(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', ...metadata },
    spec,
  };
}

export function configMap(data: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', ...metadata }, data };
}

/** `<manager> <operation> <minute>` to the fields. */
export function ownersOf(object: JsonObject): JsonObject {
  const entries = objectAt(object, 'metadata').managedFields ?? [];
  invariant(isJsonList(entries), 'managedFields is a list');
  return Object.fromEntries(
    entries.map((entry) => {
      const [manager, operation, time, subresource] = ['manager', 'operation', 'time', 'subresource'].map(
        (name) => textAt(entry, name),
      );
      const minutes = Number(time?.slice(14, 16));
      const of = subresource === '' ? '' : ` ${subresource}`;
      return [`${manager} ${operation}${of} ${minutes}`, objectAt(entry, 'fieldsV1')];
    }),
  );
}

/** The object without the fields of the API server. */
export function contentOf({ metadata, ...object }: JsonObject): JsonObject {
  const { managedFields: _owners, ...rest } = objectAt({ metadata }, 'metadata');
  return { ...object, metadata: rest };
}

export function failureOf(work: () => JsonValue): JsonValue {
  try {
    return work();
  } catch (error) {
    invariant(error instanceof ApiFailure, String(error));
    const { reason, message, details } = error;
    const causes = (details.causes ?? []).map(({ field = '' }) => field);
    return causes.length === 0 ? { reason, message } : { reason, message, causes };
  }
}
