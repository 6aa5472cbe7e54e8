/** What OpenAPI has to know of a resource. */
export interface OpenApiResource {
  /** `pods`. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

export interface OpenApiSubject {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Of the whole API, as `v1.36.0`. */
  readonly gitVersion: string;
  readonly resources: readonly OpenApiResource[];
}
