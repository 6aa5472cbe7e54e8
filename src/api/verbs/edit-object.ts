import type { JsonObject } from '../../base/index.ts';
import { negotiateForm } from '../accept.ts';
import type { ApiRequest, ApiResponse } from '../message.ts';
import { addObject } from './add-object.ts';
import { changeObject } from './change-object.ts';
import type { Edit } from './edit.ts';
import { finalizerWarnings } from './finalizer-warnings.ts';
import { findObject } from './get-object.ts';
import { readPatch } from './read-patch.ts';
import { readReplacement } from './read-replacement.ts';
import { answerObject, type VerbContext } from './verb.ts';

/** PUT of an object that is there. */
export async function updateObject(context: VerbContext, request: ApiRequest): Promise<ApiResponse> {
  return editObject(context, request, await readReplacement(context.resource, request));
}

/** PATCH of an object that is there; server-side apply makes one where none is. */
export async function patchObject(context: VerbContext, request: ApiRequest): Promise<ApiResponse> {
  const nowMs = context.ports.clock.nowMs();
  return editObject(context, request, await readPatch(context.resource, request, nowMs));
}

async function editObject(context: VerbContext, request: ApiRequest, edit: Edit): Promise<ApiResponse> {
  const { headers, query, params } = request;
  const form = negotiateForm(headers.accept, query);
  const { status, object, warnings } = await context.ports.inTurn(() => write(context, params, edit));
  return answerObject(context, { status, object, form, warnings: [...edit.warnings, ...warnings] });
}

interface Written {
  readonly status: number;
  readonly object: JsonObject;
  readonly warnings: readonly string[];
}

async function write(context: VerbContext, params: ApiRequest['params'], edit: Edit): Promise<Written> {
  const { resource, ports } = context;
  const { namespace = '', name = '' } = params;
  const { options, create } = edit;
  if (create !== undefined && ports.objects.get(resource.name, namespace, name) === undefined) {
    const object = await addObject(context, { object: create(), namespace, options, isTracked: true });
    return { status: 201, object, warnings: finalizerWarnings(object) };
  }
  const current = findObject(context, params);
  const { object, warnings } = await changeObject(context, current, edit);
  return { status: 200, object, warnings: [...warnings, ...finalizerWarnings(object, current)] };
}
