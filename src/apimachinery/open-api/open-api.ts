import type { JsonObject } from '../../base/index.ts';
import type { TypeTable } from '../types/type-table.ts';
import { openApiPaths } from './open-api-paths.ts';
import { openApiSchemas } from './open-api-schemas.ts';
import type { OpenApiSubject } from './open-api-subject.ts';

/**
 * The OpenAPI v3 document of one group and version: what can be done with each resource, and the types of its objects without
 * descriptions. Enough for kubectl apply, create and explain.
 */
export function openApiV3(subject: OpenApiSubject, types: TypeTable): JsonObject {
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: subject.gitVersion },
    paths: openApiPaths(subject),
    components: { schemas: openApiSchemas(subject, types) },
  };
}
