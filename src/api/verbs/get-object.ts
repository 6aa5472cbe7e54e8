import type { JsonObject } from '../../base/index.ts';
import { negotiateForm } from '../accept.ts';
import type { ApiRequest, ApiResponse } from '../message.ts';
import { notFound } from './failures.ts';
import { answerObject, type VerbContext } from './verb.ts';

/** GET of one object. Also of its subresource `status`, which is the same object. */
export function getObject(context: VerbContext, { params, headers, query }: ApiRequest): ApiResponse {
  const form = negotiateForm(headers.accept, query);
  return answerObject(context, { status: 200, object: findObject(context, params), form });
}

/** The object that a path names. Throws NotFound. */
export function findObject({ resource, ports }: VerbContext, params: ApiRequest['params']): JsonObject {
  const { namespace = '', name = '' } = params;
  const object = ports.objects.get(resource.name, namespace, name);
  if (object === undefined) throw notFound(resource, name);
  return object;
}
