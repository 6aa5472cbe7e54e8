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
export { type FieldRequirement, fieldSelector } from './field-selector.ts';
export { jsonPatch } from './json-patch.ts';
export { KUBERNETES_VERSION } from './kubernetes-version.ts';
export { type Labels, labelSelector } from './label-selector.ts';
export { loadTypes } from './load-types.ts';
export { mergePatch } from './merge-patch.ts';
export { openApiV3 } from './open-api.ts';
export type { OpenApiResource, OpenApiSubject } from './open-api-subject.ts';
export { type ReadBody, readBody, readValue } from './read-body.ts';
export { type ServerSideApply, serverSideApply } from './server-side-apply.ts';
export { strategicMergePatch } from './strategic-merge-patch.ts';
export { strictErrors } from './strict-errors.ts';
export { type TrackedUpdate, trackUpdate } from './track-update.ts';
export { typeMismatch } from './type-mismatch.ts';
export type { FieldType, ObjectType, ScalarName, TypeTable } from './type-table.ts';
export { withoutUnknownFields } from './without-unknown-fields.ts';
