import { negotiateForm } from '../accept.ts';
import type { ApiRequest, ApiResponse } from '../message.ts';
import { addObject } from './add-object.ts';
import { decodeBody } from './decode-object.ts';
import { finalizerWarnings } from './finalizer-warnings.ts';
import { answerObject, type VerbContext } from './verb.ts';
import { readWriteOptions } from './write-options.ts';

/** POST of a new object. */
export async function createObject(context: VerbContext, request: ApiRequest): Promise<ApiResponse> {
  const { resource, ports } = context;
  const form = negotiateForm(request.headers.accept, request.query);
  const options = readWriteOptions(request, 'CreateOptions');
  const { object, warnings } = await decodeBody(resource, request, options.validation);
  const { namespace = '' } = request.params;
  const added = await ports.inTurn(() =>
    addObject(context, { object, namespace, options, isTracked: false }),
  );
  const told = [...warnings, ...finalizerWarnings(added)];
  return answerObject(context, { status: 201, object: added, form, warnings: told });
}
