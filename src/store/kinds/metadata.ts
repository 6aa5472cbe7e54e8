import { isJsonObject, type JsonObject, type JsonValue, textAt } from '../../base/index.ts';
import type { ObjectMeta } from '../../pod/index.ts';
import { timestamp } from '../../status/index.ts';
import { derivedUid } from '../derived-uid.ts';

/** Where an object came from, and when. */
export interface Origin {
  /** Made through the API: then what its file says of uid and times counts. */
  readonly isOwn: boolean;
  /** When it was first seen. */
  readonly createdAtMs: number;
}

/** What an author says of an object in metadata. */
const AUTHORED = ['name', 'generateName', 'namespace', 'labels', 'annotations'];
/** What the API has kept in an object's file beside that. */
const KEPT = ['generation', 'managedFields', 'ownerReferences', 'finalizers'];

/** Those parts of a written metadata that are shown. What another server filled in when it printed an object is none of them, nor is what is empty. */
export function shownMetadata(written: JsonObject, { isOwn }: Pick<Origin, 'isOwn'>): JsonObject {
  const fields = isOwn ? [...AUTHORED, ...KEPT] : AUTHORED;
  return Object.fromEntries(
    fields.filter((field) => !isEmpty(written[field])).map((field) => [field, written[field]]),
  );
}

function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || (isJsonObject(value) && Object.keys(value).length === 0);
}

/** When an object came to be (RFC 3339). */
export function creationOf(written: JsonObject, { isOwn, createdAtMs }: Origin): string {
  return (isOwn && textAt(written, 'creationTimestamp')) || timestamp(createdAtMs);
}

/** The metadata of an object beside pods. */
export function sideMetadata(kind: string, meta: ObjectMeta, origin: Origin): JsonObject {
  const { name, namespace, labels, annotations, document } = meta;
  const written = document ?? { name, labels, annotations };
  const uid = textAt(written, 'uid');
  return {
    ...shownMetadata(written, origin),
    ...(namespace !== '' && { namespace }),
    uid: uid === '' ? derivedUid(kind, namespace, name) : uid,
    creationTimestamp: creationOf(written, origin),
  };
}
