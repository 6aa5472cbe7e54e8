import type { StatusCause } from '../../apimachinery/index.ts';
import { isEqualJson, type JsonObject } from '../../base/index.ts';
import { forbiddenField } from '../verbs/failures.ts';

const WHY = 'field is immutable when `immutable` is set';

/** What of a ConfigMap or Secret with `immutable` may not be changed so (kubernetes: ValidateConfigMapUpdate, ValidateSecretUpdate). */
export function refuseDataChange(
  before: JsonObject,
  after: JsonObject,
  fields: readonly string[],
): readonly Required<StatusCause>[] {
  if (before.immutable !== true) return [];
  const changed = fields.filter((field) => !isEqualJson(before[field] ?? {}, after[field] ?? {}));
  return [...(after.immutable === true ? [] : ['immutable']), ...changed].map((field) =>
    forbiddenField(field, WHY),
  );
}
