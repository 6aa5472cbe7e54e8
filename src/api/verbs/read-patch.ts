import {
  ApiFailure,
  jsonPatch,
  mergePatch,
  readBody,
  readValue,
  serverSideApply,
  strategicMergePatch,
  typeMismatch,
  withoutUnknownFields,
} from '../../apimachinery/index.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import type { ApiRequest } from '../message.ts';
import type { Resource } from '../resource.ts';
import { judgeFields, type KnownType, kindMismatch, ofKind, typeOfResource } from './decode-object.ts';
import type { Edit, Edited } from './edit.ts';
import { invalid, invalidField } from './failures.ts';
import { ofPath } from './read-replacement.ts';
import { badRequest, readWriteOptions, strictDecodingError, type WriteOptions } from './write-options.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json';
const APPLY_PATCH = 'application/apply-patch+yaml';
const PATCHES = [JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH, APPLY_PATCH];

/** What a PATCH makes of an object. Throws UnsupportedMediaType, BadRequest, Invalid. */
export async function readPatch(resource: Resource, request: ApiRequest, nowMs: number): Promise<Edit> {
  const [mediaType = ''] = (request.headers['content-type'] ?? '').split(';', 1);
  const patchType = mediaType.trim().toLowerCase();
  if (!PATCHES.includes(patchType)) throw unknownPatch();
  const isApply = patchType === APPLY_PATCH;
  const options = readWriteOptions(request, 'PatchOptions', isApply);
  const known = await typeOfResource(resource);
  if (isApply) return readApply({ resource, request, known, options, nowMs });
  const { object: patch, duplicates } = readValue(request.body, patchType);
  const patched = patcher(patchType, patch, known);
  const text = Buffer.from(request.body).toString('utf8');
  return {
    options,
    warnings: [],
    apply: (current) => judge(patched(current), { resource, known, options, duplicates, text }),
  };
}

function patcher(
  patchType: string,
  patch: JsonValue,
  { type, types }: KnownType,
): (current: JsonObject) => JsonObject {
  if (patchType === JSON_PATCH) return (current) => jsonPatch(current, patch);
  if (!isJsonObject(patch)) throw badRequest('error decoding patch: an object is expected');
  if (patchType === MERGE_PATCH) return (current) => mergePatch(current, patch);
  return (current) => strategicMergePatch(current, patch, type, types);
}

interface Judged {
  readonly resource: Resource;
  readonly known: KnownType;
  readonly options: WriteOptions;
  readonly duplicates: readonly string[];
  /** Of the patch. */
  readonly text: string;
}

/** What a patch leads to has to be an object of the kind still (apiserver: jsonPatcher.applyPatchToCurrentObject). */
function judge(patched: JsonObject, { resource, known, options, duplicates, text }: Judged): Edited {
  const refuse = (why: string) => invalid({ kind: '', group: '' }, '', [invalidField('patch', text, why)]);
  const mismatch = typeMismatch(patched, known.type, known.types) ?? kindMismatch(patched, resource);
  if (mismatch !== undefined) throw refuse(mismatch);
  const object = ofKind(patched, resource);
  const { errors, warnings } = judgeFields(object, { known, duplicates, validation: options.validation });
  if (errors.length > 0) throw refuse(strictDecodingError(errors));
  return { object: withoutUnknownFields(object, known.type, known.types), warnings, isTracked: false };
}

interface ReadApply {
  readonly resource: Resource;
  readonly request: ApiRequest;
  readonly known: KnownType;
  readonly options: WriteOptions;
  readonly nowMs: number;
}

/** Server-side apply: what its manager wants, all of it and nothing else. */
function readApply({ resource, request, known, options, nowMs }: ReadApply): Edit {
  const { object: written, duplicates } = readBody(request.body, APPLY_PATCH, known.types);
  const object = ofPath(ofKind(written, resource), request.params);
  const mismatch = typeMismatch(object, known.type, known.types);
  if (mismatch !== undefined) throw badRequest(`failed to create typed patch object: ${mismatch}`);
  const { errors, warnings } = judgeFields(object, { known, duplicates, validation: options.validation });
  if (errors.length > 0) throw badRequest(strictDecodingError(errors));
  const applied = withoutUnknownFields(object, known.type, known.types);
  const { manager, force } = options;
  const apply = (live: JsonObject | undefined) =>
    withoutUnknownFields(
      serverSideApply({ live, applied, manager, force, nowMs, ...known }),
      known.type,
      known.types,
    );
  return {
    options,
    warnings,
    apply: (current) => ({ object: apply(current), warnings: [], isTracked: true }),
    create: () => apply(undefined),
  };
}

function unknownPatch(): ApiFailure {
  return new ApiFailure(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${PATCHES.join(', ')}`,
  );
}
