import type { ApiRequest } from '../message.ts';
import { apiVersionOf, type Resource, type Verb } from '../resource.ts';
import type { Route } from '../route.ts';
import { createObject } from '../verbs/create-object.ts';
import { deleteCollection } from '../verbs/delete-collection.ts';
import { deleteObject } from '../verbs/delete-object.ts';
import { patchObject, updateObject } from '../verbs/edit-object.ts';
import { getObject } from '../verbs/get-object.ts';
import { listObjects } from '../verbs/list-objects.ts';
import { isWatch } from '../verbs/list-options.ts';
import { ListPages } from '../verbs/list-pages.ts';
import type { ObjectPorts, VerbContext, VerbHandler } from '../verbs/verb.ts';
import { watchObjects } from '../verbs/watch-objects.ts';

/** Kubernetes' first name of a node: clients of the time before 1.0 ask for it, and discovery of real servers still knows it. */
const ALIASES: Readonly<Record<string, string>> = { nodes: 'minions' };

/** `/api/v1`, `/apis/node.k8s.io/v1`. */
export function rootOf(resource: Pick<Resource, 'group' | 'version'>): string {
  return `${resource.group === '' ? '/api' : '/apis'}/${apiVersionOf(resource)}`;
}

/** `/api/v1/namespaces/:namespace/pods/:name`, `/api/v1/nodes/:name`. */
export function objectPath(resource: Resource, plural = resource.name): string {
  return `${collectionPath(resource, plural)}/:name`;
}

/** All paths of one resource that its verbs ask for, watches by path among them (deprecated, but still served by Kubernetes). */
export function objectRoutes(resource: Resource, ports: ObjectPorts): readonly Route[] {
  const context: VerbContext = { resource, ports };
  const route = (path: string, method: string, handler: VerbHandler): Route => ({
    path,
    methods: [method],
    handle: (request) => handler(context, request),
  });
  const pages = new ListPages(ports.clock);
  const listOrWatch: VerbHandler = (_, request) =>
    isWatch(request.query) ? watchObjects(context, request) : listObjects(context, request, pages);
  return [resource.name, ALIASES[resource.name] ?? []].flat().flatMap((plural) => {
    const one = objectPath(resource, plural);
    const many = collectionPath(resource, plural);
    const everywhere = `${rootOf(resource)}/${plural}`;
    const watches = [...new Set([everywhere, many])].map((path) => watchPath(resource, path));
    const routes: readonly (readonly [Verb, Route])[] = [
      ['get', route(one, 'GET', getObject)],
      ['list', route(many, 'GET', listOrWatch)],
      ...(resource.namespaced ? [pair('list', route(everywhere, 'GET', listOrWatch))] : []),
      ['create', route(many, 'POST', createObject)],
      ['update', route(one, 'PUT', updateObject)],
      ['patch', route(one, 'PATCH', patchObject)],
      ['delete', route(one, 'DELETE', deleteObject)],
      ['deletecollection', route(many, 'DELETE', deleteCollection)],
      ...watches.map((path) => pair('watch', route(path, 'GET', watchObjects))),
      ['watch', route(watchPath(resource, one), 'GET', watchOne)],
    ];
    return routes.flatMap(([verb, each]) => (resource.verbs.includes(verb) ? each : []));
  });
}

function pair(verb: Verb, route: Route): readonly [Verb, Route] {
  return [verb, route];
}

function collectionPath(resource: Resource, plural: string): string {
  return `${rootOf(resource)}${resource.namespaced ? '/namespaces/:namespace' : ''}/${plural}`;
}

/** `/api/v1/pods` → `/api/v1/watch/pods`. */
function watchPath(resource: Resource, path: string): string {
  const root = rootOf(resource);
  return `${root}/watch${path.slice(root.length)}`;
}

const watchOne: VerbHandler = (context, request) =>
  watchObjects(context, { ...request, query: withName(request) });

function withName({ query, params }: ApiRequest): URLSearchParams {
  const named = new URLSearchParams(query);
  const selectors = [query.get('fieldSelector') ?? '', `metadata.name=${params.name ?? ''}`];
  named.set('fieldSelector', selectors.filter((each) => each !== '').join(','));
  return named;
}
