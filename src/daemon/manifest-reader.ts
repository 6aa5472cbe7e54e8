import type { ManifestReader } from '../api/index.ts';
import { ApiFailure, type StatusCause } from '../apimachinery/index.ts';
import { type Clock, type JsonObject, objectAt, textAt } from '../base/index.ts';
import { formatMessage, type ManifestMessage, type ManifestObject, parseApart } from '../manifest/index.ts';
import { resourceOfKind, sideObject } from '../store/index.ts';

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
  const resource = resourceOfKind(found.kind);
  if (found.kind !== 'Pod') return { resource, object: withoutTold(found.object) };
  const { document = {}, metadata } = found.pod;
  const { namespace } = metadata;
  return {
    resource,
    object: { ...document, metadata: { ...objectAt(document, 'metadata'), namespace } },
  };
}

/** What the store says of an object beside what its author does. */
function withoutTold(side: Parameters<typeof sideObject>[0]): JsonObject {
  const shown = sideObject(side, { isOwn: false, createdAtMs: 0 });
  const { status: _, metadata, ...written } = shown;
  const { uid, creationTimestamp: __, ...named } = objectAt({ metadata }, 'metadata');
  if (side.kind !== 'PersistentVolumeClaim') return { ...written, metadata: named };
  const { volumeName, ...spec } = objectAt(written, 'spec');
  const isOwn = volumeName !== `pvc-${textAt({ uid }, 'uid')}`;
  return { ...written, metadata: named, spec: { ...spec, ...(isOwn && { volumeName }) } };
}
