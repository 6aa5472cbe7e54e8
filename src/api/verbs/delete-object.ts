import { type JsonObject, objectAt, textAt } from '../../base/index.ts';
import { howToChange } from '../../manifest/index.ts';
import { negotiateForm } from '../accept.ts';
import { type ApiRequest, type ApiResponse, jsonResponse } from '../message.ts';
import type { Resource } from '../resource.ts';
import { type DeleteOptions, readDeleteOptions } from './delete-options.ts';
import { conflict, forbidden } from './failures.ts';
import { findObject } from './get-object.ts';
import { answerObject, type VerbContext } from './verb.ts';

/** DELETE of one object. A pod is answered as it is now, for it may take its time to go; of all else only that it is gone. */
export async function deleteObject(context: VerbContext, request: ApiRequest): Promise<ApiResponse> {
  const { headers, query, params } = request;
  const form = negotiateForm(headers.accept, query);
  const options = await readDeleteOptions(request);
  const { resource, ports } = context;
  const object = await ports.inTurn(() => removeObject(context, findObject(context, params), options));
  return resource.name === 'pods'
    ? answerObject(context, { status: 200, object, form })
    : jsonResponse(200, goneStatus(resource, object));
}

/** Answers the object as it is last shown. Only in turn. */
export async function removeObject(
  { resource, ports }: VerbContext,
  object: JsonObject,
  { dryRun, deletion }: DeleteOptions,
): Promise<JsonObject> {
  const metadata = objectAt(object, 'metadata');
  const [namespace, name] = [textAt(metadata, 'namespace'), textAt(metadata, 'name')];
  const { uid, resourceVersion } = deletion;
  if (uid !== undefined && uid !== metadata.uid)
    throw conflict(resource, name, otherObject(uid, textAt(metadata, 'uid')));
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw conflict(resource, name, otherVersion(resourceVersion, textAt(metadata, 'resourceVersion')));
  if (!dryRun) return ports.writer.delete(resource.name, { namespace, name }, deletion);
  const file = ports.writer.fileOf(resource.name, { namespace, name });
  if (file !== undefined) throw forbidden(resource, name, `it is defined by ${file}; ${howToChange(file)}`);
  return object;
}

/** As Kubernetes answers where nothing is left to be shown. */
export function goneStatus({ group, name: kind }: Resource, { metadata }: JsonObject): JsonObject {
  const [name, uid] = [textAt(metadata, 'name'), textAt(metadata, 'uid')];
  const details = { name, ...(group !== '' && { group }), kind, uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

/** Kubernetes: rest.BeforeDelete. */
function otherObject(asked: string, is: string): string {
  return `the UID in the precondition (${asked}) does not match the UID in record (${is}). The object might have been deleted and then recreated`;
}

function otherVersion(asked: string, is: string): string {
  return `the ResourceVersion in the precondition (${asked}) does not match the ResourceVersion in record (${is}). The object might have been modified`;
}
