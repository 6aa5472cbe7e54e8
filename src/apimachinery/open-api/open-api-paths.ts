import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { OpenApiResource, OpenApiSubject } from './open-api-subject.ts';

interface Operation {
  readonly verb: string;
  /** `x-kubernetes-action`. */
  readonly action: string;
  readonly method: string;
  readonly query: readonly string[];
}

const SELECTING = [
  ...['allowWatchBookmarks', 'continue', 'fieldSelector', 'labelSelector', 'limit', 'resourceVersion'],
  ...['resourceVersionMatch', 'sendInitialEvents', 'timeoutSeconds', 'watch'],
];
const WRITING = ['dryRun', 'fieldManager', 'fieldValidation'];
const DELETING = ['dryRun', 'gracePeriodSeconds', 'propagationPolicy'];

const OF_ALL: readonly Operation[] = [
  { verb: 'list', action: 'list', method: 'get', query: SELECTING },
  { verb: 'create', action: 'post', method: 'post', query: WRITING },
  {
    verb: 'deletecollection',
    action: 'deletecollection',
    method: 'delete',
    query: [...SELECTING, ...DELETING],
  },
];

const OF_ONE: readonly Operation[] = [
  { verb: 'get', action: 'get', method: 'get', query: [] },
  { verb: 'update', action: 'put', method: 'put', query: WRITING },
  // kubectl leaves validation to a server that has fieldValidation here, and to nobody if there is no such operation.
  { verb: 'patch', action: 'patch', method: 'patch', query: [...WRITING, 'force'] },
  { verb: 'delete', action: 'delete', method: 'delete', query: DELETING },
];

/** A client that finds strategic patches here makes them by x-kubernetes-patch-strategy of the schemas. */
const PATCHES: JsonObject = {
  content: {
    'application/apply-patch+yaml': {},
    'application/json-patch+json': {},
    'application/merge-patch+json': {},
    'application/strategic-merge-patch+json': {},
  },
};

const BOOLEANS = new Set(['allowWatchBookmarks', 'force', 'sendInitialEvents', 'watch']);
const INTEGERS = new Set(['gracePeriodSeconds', 'limit', 'timeoutSeconds']);

/** The operations of every resource, each with its kind and what its query may say. */
export function openApiPaths(subject: OpenApiSubject): JsonObject {
  return Object.fromEntries(subject.resources.flatMap((resource) => pathsOf(resource, subject)));
}

function pathsOf(
  resource: OpenApiResource,
  subject: OpenApiSubject,
): readonly (readonly [string, JsonValue])[] {
  const { group, version } = subject;
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const all = `${base}/${resource.name}`;
  const within = resource.namespaced ? `${base}/namespaces/{namespace}/${resource.name}` : all;
  const lists = OF_ALL.filter(({ verb }) => verb === 'list');
  const places: readonly (readonly [string, readonly Operation[]])[] = [
    ...(resource.namespaced ? [[all, lists] as const] : []),
    [within, OF_ALL],
    [`${within}/{name}`, OF_ONE],
  ];
  return places.flatMap(([path, operations]) => {
    const served = operations.filter(({ verb }) => resource.verbs.includes(verb));
    return served.length === 0 ? [] : [[path, pathItem(path, served, resource, subject)] as const];
  });
}

function pathItem(
  path: string,
  operations: readonly Operation[],
  { kind }: OpenApiResource,
  { group, version }: OpenApiSubject,
): JsonObject {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => parameter(name, 'path'));
  return {
    ...Object.fromEntries(
      operations.map(({ method, action, query }) => [
        method,
        {
          parameters: query.map((name) => parameter(name, 'query')),
          ...(method === 'patch' ? { requestBody: PATCHES } : {}),
          responses: { 200: { description: 'OK' } },
          'x-kubernetes-action': action,
          'x-kubernetes-group-version-kind': { group, kind, version },
        },
      ]),
    ),
    ...(names.length === 0 ? {} : { parameters: names }),
  };
}

function parameter(name: string, place: 'path' | 'query'): JsonObject {
  const type = BOOLEANS.has(name) ? 'boolean' : INTEGERS.has(name) ? 'integer' : 'string';
  return {
    name,
    in: place,
    ...(place === 'path' ? { required: true } : {}),
    schema: { type, uniqueItems: true },
  };
}
