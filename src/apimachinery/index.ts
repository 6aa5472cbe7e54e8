/**
 * apimachinery: Kubernetes objects as plain JSON, and what is done with them whatever their kind: the table of types, protobuf bodies,
 * strict validation, patches, server-side apply, selectors, OpenAPI. Invariants: pure functions; objects are never changed in place;
 * what a client did wrong is an ApiFailure with Kubernetes' reason and words.
 */

export { type ServerSideApply, serverSideApply } from './apply/server-side-apply.ts';
export { type TrackedUpdate, trackUpdate } from './apply/track-update.ts';
export { type ReadBody, readBody, readValue } from './body/read-body.ts';
export { writeYaml } from './body/write-yaml.ts';
export {
  ApiFailure,
  STATUS_CODE,
  type StatusCause,
  type StatusDetails,
  type StatusReason,
} from './failure.ts';
export { jsonPatch } from './json-patch.ts';
export { mergePatch } from './merge-patch.ts';
export { openApiV3 } from './open-api/open-api.ts';
export type { OpenApiResource, OpenApiSubject } from './open-api/open-api-subject.ts';
export { type FieldRequirement, fieldSelector } from './selectors/field-selector.ts';
export { type Labels, labelSelector } from './selectors/label-selector.ts';
export { strategicMergePatch } from './strategic/strategic-merge-patch.ts';
export { KUBERNETES_VERSION } from './types/kubernetes-version.ts';
export { loadTypes } from './types/load-types.ts';
export { strictErrors } from './types/strict-errors.ts';
export { typeMismatch } from './types/type-mismatch.ts';
export type { FieldType, ObjectType, ScalarName, TypeTable } from './types/type-table.ts';
export { withoutUnknownFields } from './types/without-unknown-fields.ts';
