import { isJsonObject, type JsonObject, type JsonValue, messageOf } from '../../base/index.ts';
import { ApiFailure } from '../failure.ts';
import { refuseDeepJson } from '../json-depth.ts';
import type { TypeTable } from '../types/type-table.ts';
import { jsonDuplicates } from './json-duplicates.ts';
import { readProtobuf } from './read-protobuf.ts';
import { type ReadText, readYaml } from './read-yaml.ts';

const MAX_YAML_CHARACTERS = 1024 * 1024;

const ACCEPTED = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** A body, and what it says twice in the words of strict decoding: `duplicate field "spec.x"`. */
export interface ReadBody<T extends JsonValue> {
  readonly object: T;
  readonly duplicates: readonly string[];
}

/**
 * The object a request brings. JSON also where nothing says what it is (kubectl 1.20). Of protobuf bodies the object is as its JSON would
 * be: without the zero values that Go always writes. Throws ApiFailure BadRequest or UnsupportedMediaType.
 */
export function readBody(
  body: Uint8Array,
  contentType: string | undefined,
  types: TypeTable,
): ReadBody<JsonObject> {
  const mediaType = mediaTypeOf(contentType);
  if (mediaType === 'application/vnd.kubernetes.protobuf') {
    return { object: readProtobuf(body, types), duplicates: [] };
  }
  const { object, duplicates } = readValue(body, contentType);
  if (!isJsonObject(object)) throw new ApiFailure('BadRequest', `expected an object, got ${nameOf(object)}`);
  return { object, duplicates };
}

/** What a JSON or YAML body says, whatever it is: a JSON patch is a list. Throws ApiFailure BadRequest or UnsupportedMediaType. */
export function readValue(body: Uint8Array, contentType: string | undefined): ReadBody<JsonValue> {
  const mediaType = mediaTypeOf(contentType);
  const isYaml = /^application\/(?:yaml|x-yaml|[-.\w]+\+yaml)$/.test(mediaType);
  if (!isYaml && !/^application\/(?:json|[-.\w]+\+json)$/.test(mediaType)) {
    throw new ApiFailure(
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${ACCEPTED.join(', ')}`,
    );
  }
  const text = textOf(body);
  const json = isYaml && !text.trimStart().startsWith('{') ? undefined : readJson(text, isYaml);
  const read = json ?? readYaml(refuseLongYaml(text));
  refuseDeepJson(read.value);
  return { object: read.value, duplicates: read.duplicates() };
}

/** The parser takes a second for three megabytes, and everything else in the program waits for it. */
function refuseLongYaml(text: string): string {
  if (text.length <= MAX_YAML_CHARACTERS) return text;
  const message = `Request entity too large: limit of YAML is ${MAX_YAML_CHARACTERS}; write it as JSON`;
  throw new ApiFailure('RequestEntityTooLarge', message);
}

function mediaTypeOf(contentType: string | undefined): string {
  const mediaType = (contentType ?? '').split(';')[0]?.trim().toLowerCase();
  return mediaType === undefined || mediaType === '' ? 'application/json' : mediaType;
}

function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new ApiFailure('BadRequest', 'the body of the request is not UTF-8');
  }
}

/** Undefined for a text that is no JSON but may be something else. */
function readJson(text: string, orElse: boolean): ReadText | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return { value, duplicates: () => jsonDuplicates(text) };
  } catch (error) {
    if (orElse) return undefined;
    throw new ApiFailure('BadRequest', `couldn't get version/kind; json parse error: ${messageOf(error)}`);
  }
}

function nameOf(value: JsonValue): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
