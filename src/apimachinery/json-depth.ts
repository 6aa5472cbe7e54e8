import type { JsonValue } from '../base/index.ts';
import { ApiFailure } from './failure.ts';

/** Deeper than any object of Kubernetes, and shallow enough for functions that call themselves at every level. */
const MAX_DEPTH = 500;

/** Throws ApiFailure BadRequest for what is nested so deeply that walking it could overflow the stack. */
export function refuseDeepJson(value: JsonValue | undefined): void {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new ApiFailure('BadRequest', 'exceeded max depth');
    level = level.flatMap(childrenOf);
  }
}

function childrenOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).filter(isNested) : [];
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
