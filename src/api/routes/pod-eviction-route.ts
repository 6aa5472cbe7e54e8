import { loadTypes, readBody } from '../../apimachinery/index.ts';
import { objectAt, textAt } from '../../base/index.ts';
import { jsonResponse } from '../message.ts';
import { pods } from '../resources/pods.ts';
import type { Route } from '../route.ts';
import { removeObject } from '../verbs/delete-object.ts';
import { deleteOptionsOf } from '../verbs/delete-options.ts';
import { findObject } from '../verbs/get-object.ts';
import type { ObjectPorts } from '../verbs/verb.ts';
import { badRequest } from '../verbs/write-options.ts';
import { objectPath } from './object-routes.ts';

/** POST of a policy/v1 Eviction: a deletion, since there are no disruption budgets that could stand against it. What `kubectl drain` does. */
export function podEvictionRoute(ports: ObjectPorts): Route {
  const context = { resource: pods, ports };
  return {
    path: `${objectPath(pods)}/eviction`,
    methods: ['POST'],
    async handle({ body, headers, params, query }) {
      const { object } = readBody(body, headers['content-type'], await loadTypes());
      const named = textAt(object.metadata, 'name');
      if (named !== '' && named !== params.name)
        throw badRequest(
          `name in URL does not match name in Eviction object: ${named} != ${params.name ?? ''}`,
        );
      const options = deleteOptionsOf(objectAt(object, 'deleteOptions'), query);
      await ports.inTurn(() => removeObject(context, findObject(context, params), options));
      return jsonResponse(201, {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        code: 201,
      });
    },
  };
}
