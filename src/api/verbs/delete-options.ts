import { loadTypes, readBody } from '../../apimachinery/index.ts';
import { type JsonObject, listAt, objectAt, textAt } from '../../base/index.ts';
import type { ApiRequest } from '../message.ts';
import type { Deletion } from '../ports.ts';
import { readWhole } from './list-options.ts';
import { badRequest, readDryRun } from './write-options.ts';

export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly deletion: Deletion;
}

/** From the body where there is one, else from the query (apiserver: DeleteResource). Throws BadRequest, Invalid. */
export async function readDeleteOptions({ body, headers, query }: ApiRequest): Promise<DeleteOptions> {
  if (body.length === 0) {
    const grace = readWhole(query, 'gracePeriodSeconds');
    return { dryRun: readDryRun(query.getAll('dryRun')), deletion: graceOf(grace) };
  }
  const { object } = readBody(body, headers['content-type'], await loadTypes());
  return deleteOptionsOf(object, query);
}

/** Of an Eviction they are a part. Throws BadRequest, Invalid. */
export function deleteOptionsOf(object: JsonObject, query: URLSearchParams): DeleteOptions {
  const kind = textAt(object, 'kind');
  if (kind !== '' && kind !== 'DeleteOptions')
    throw badRequest(`expected DeleteOptions, got ${kind} in version "${textAt(object, 'apiVersion')}"`);
  const { gracePeriodSeconds } = object;
  if (
    gracePeriodSeconds !== undefined &&
    gracePeriodSeconds !== null &&
    !Number.isInteger(gracePeriodSeconds)
  )
    throw badRequest('gracePeriodSeconds must be a whole number');
  const dryRun = [...listAt(object, 'dryRun').map(String), ...query.getAll('dryRun')];
  const preconditions = objectAt(object, 'preconditions');
  const [uid, resourceVersion] = [textAt(preconditions, 'uid'), textAt(preconditions, 'resourceVersion')];
  return {
    dryRun: readDryRun(dryRun),
    deletion: {
      ...graceOf(typeof gracePeriodSeconds === 'number' ? gracePeriodSeconds : undefined),
      ...(uid !== '' && { uid }),
      ...(resourceVersion !== '' && { resourceVersion }),
    },
  };
}

/** What is below zero means as little as possible (apiserver: rest.BeforeDelete). */
function graceOf(gracePeriodSeconds: number | undefined): Deletion {
  if (gracePeriodSeconds === undefined) return {};
  return { gracePeriodSeconds: gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds };
}
