import type { Resource } from '../resource.ts';
import type { Route } from '../route.ts';
import { getObject } from '../verbs/get-object.ts';
import type { ObjectPorts } from '../verbs/verb.ts';
import { objectPath } from './object-routes.ts';

/** `…/status` of a resource whose status is the node's to tell: it is the object itself, and can only be read. */
export function objectStatusRoute(resource: Resource, ports: ObjectPorts): Route {
  return {
    path: `${objectPath(resource)}/status`,
    methods: ['GET'],
    handle: (request) => getObject({ resource, ports }, request),
  };
}
