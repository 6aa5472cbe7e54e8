/**
 * apimachinery: Kubernetes objects as plain JSON, and what is done with them whatever their kind: the table of types, protobuf bodies,
 * strict validation, patches, server-side apply, selectors, OpenAPI. Invariants: pure functions; objects are never changed in place;
 * what a client did wrong is an ApiFailure with Kubernetes' reason and words.
 */
export {
  ApiFailure,
  STATUS_CODE,
  type StatusCause,
  type StatusDetails,
  type StatusReason,
} from './failure.ts';
export { jsonPatch } from './json-patch.ts';
export { loadTypes } from './load-types.ts';
export { mergePatch } from './merge-patch.ts';
export { type ReadBody, readBody, readValue } from './read-body.ts';
export { strategicMergePatch } from './strategic-merge-patch.ts';
export { strictErrors } from './strict-errors.ts';
export { typeMismatch } from './type-mismatch.ts';
export type { FieldType, ObjectType, ScalarName, TypeTable } from './type-table.ts';
export { withoutUnknownFields } from './without-unknown-fields.ts';
