import type { ManifestReader } from '../api/index.ts';
import { ApiFailure, type StatusCause } from '../apimachinery/index.ts';
import { type Clock, type JsonObject, objectAt } from '../base/index.ts';
import {
  formatMessage,
  type ManifestMessage,
  type ManifestObject,
  metadataOf,
  parseApart,
  writtenObject,
} from '../manifest/index.ts';
import { resourceOfKind } from '../store/index.ts';

/** In messages the place of what has no file. */
const BODY = 'body';

/** Reads manifests that come as a text just as those of a directory are read. */
export function manifestReader(clock: Clock): ManifestReader {
  return {
    async objectsOf(text) {
      const { signal } = new AbortController();
      const read = await parseApart({ file: BODY, text }, { clock, signal });
      if (read.state === 'accepted') return read.objects.map(objectOf);
      throw new ApiFailure('BadRequest', read.errors.map(formatMessage).join('\n'), {
        causes: read.errors.map(causeOf),
      });
    },
  };
}

function causeOf({ path, message }: ManifestMessage): StatusCause {
  return { reason: 'FieldValueInvalid', message, ...(path !== '' && { field: path }) };
}

/** As its author wrote it, in the form that Kubernetes has, and with its namespace. */
function objectOf(found: ManifestObject): { readonly resource: string; readonly object: JsonObject } {
  const object = writtenObject(found);
  const { namespace } = metadataOf(found);
  const metadata = { ...objectAt(object, 'metadata'), ...(namespace !== '' && { namespace }) };
  return { resource: resourceOfKind(found.kind), object: { ...object, metadata } };
}
