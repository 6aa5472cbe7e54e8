import { type JsonObject, objectAt, textAt } from '../../base/index.ts';
import type { ApiRequest } from '../message.ts';
import type { Resource } from '../resource.ts';
import { decodeBody } from './decode-object.ts';
import type { Edit } from './edit.ts';
import { badRequest, readWriteOptions } from './write-options.ts';

/** The object that a PUT wants in the place of the one that is there. Throws BadRequest where it is another one. */
export async function readReplacement(resource: Resource, request: ApiRequest): Promise<Edit> {
  const options = readWriteOptions(request, 'UpdateOptions');
  const { object, warnings } = await decodeBody(resource, request, options.validation);
  const named = ofPath(object, request.params);
  return { options, warnings, apply: () => ({ object: named, warnings: [], isTracked: false }) };
}

/** With the name and the namespace of the path; throws BadRequest where it has others. */
export function ofPath(object: JsonObject, { name = '', namespace = '' }: ApiRequest['params']): JsonObject {
  const [itsName, itsNamespace] = [textAt(object.metadata, 'name'), textAt(object.metadata, 'namespace')];
  if (itsName !== '' && itsName !== name)
    throw badRequest(`the name of the object (${itsName}) does not match the name on the URL (${name})`);
  if (itsNamespace !== '' && itsNamespace !== namespace)
    throw badRequest(
      `the namespace of the object (${itsNamespace}) does not match the namespace on the request (${namespace})`,
    );
  const metadata = { ...objectAt(object, 'metadata'), name, ...(namespace !== '' && { namespace }) };
  return { ...object, metadata };
}
