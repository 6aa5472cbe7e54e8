import type { Tree } from './tree.ts';

/** The least and the most that fits. */
export const INTEGER_RANGES = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

/** The value where it is a whole number, also one that is written as a float (`1e3`, `8080.0`). */
export function wholeNumber(tree: Tree): bigint | undefined {
  if (tree.kind === 'integer') return tree.value;
  const whole = tree.kind === 'float' && Number.isInteger(tree.value) && Math.abs(tree.value) < 1e21;
  return whole ? BigInt(tree.value) : undefined;
}
