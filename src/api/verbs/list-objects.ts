import { ApiFailure } from '../../apimachinery/index.ts';
import { negotiateForm } from '../accept.ts';
import { shapeList } from '../form.ts';
import { type ApiRequest, type ApiResponse, jsonResponse, jsonTextResponse } from '../message.ts';
import { listText } from '../object-text.ts';
import { readListOptions } from './list-options.ts';
import { selectionOf } from './selection.ts';
import { refuseTooNew } from './too-new.ts';
import type { VerbContext } from './verb.ts';

/** GET of all objects, of one namespace where the path names it. `limit` is not heeded: all come at once, and there is nothing to continue. */
export function listObjects({ resource, ports }: VerbContext, request: ApiRequest): ApiResponse {
  const { query, headers, params } = request;
  const form = negotiateForm(headers.accept, query);
  const isChosen = selectionOf(resource, query);
  const asked = readListOptions(query, false);
  const { items, version } = ports.objects.list(resource.name, params.namespace);
  refuseTooNew(asked.version, version);
  if (asked.isExact && asked.version !== version)
    throw new ApiFailure('Expired', 'The resourceVersion for the provided list is too old.');
  const chosen = items.filter(isChosen);
  const shaping = { resource, nowMs: ports.clock.nowMs() };
  if (form.as !== 'Object') return jsonResponse(200, shapeList(chosen, version, form, shaping));
  return jsonTextResponse(200, listText(shapeList([], version, form, shaping), chosen));
}
