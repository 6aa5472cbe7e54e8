import { ApiFailure } from '../../apimachinery/index.ts';
import type { JsonObject } from '../../base/index.ts';
import { negotiateForm } from '../accept.ts';
import { shapeList } from '../form.ts';
import { type ApiRequest, type ApiResponse, jsonResponse } from '../message.ts';
import { removeObject } from './delete-object.ts';
import { readDeleteOptions } from './delete-options.ts';
import { readListOptions } from './list-options.ts';
import { selectionOf } from './selection.ts';
import type { VerbContext } from './verb.ts';

/**
 * DELETE of all objects that selectors choose; answers those that were deleted. Where one cannot be deleted the others go all the same,
 * and the first failure is the answer.
 */
export async function deleteCollection(context: VerbContext, request: ApiRequest): Promise<ApiResponse> {
  const { resource, ports } = context;
  const { headers, query, params } = request;
  const form = negotiateForm(headers.accept, query);
  const isChosen = selectionOf(resource, query);
  readListOptions(query, false);
  const options = await readDeleteOptions(request);
  const deleted: JsonObject[] = [];
  const failures: ApiFailure[] = [];
  await ports.inTurn(async () => {
    for (const object of ports.objects.list(resource.name, params.namespace).items.filter(isChosen))
      try {
        deleted.push(await removeObject(context, object, options));
      } catch (error) {
        if (!(error instanceof ApiFailure)) throw error;
        // Another has deleted it meanwhile: that is what was asked for.
        if (error.reason !== 'NotFound') failures.push(error);
      }
  });
  const [failure] = failures;
  if (failure !== undefined) throw failure;
  const shaping = { resource, nowMs: ports.clock.nowMs() };
  return jsonResponse(
    200,
    shapeList(deleted, { resourceVersion: String(ports.objects.version) }, form, shaping),
  );
}
