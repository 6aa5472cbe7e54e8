import type { Scalar } from './tree.ts';

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/** Longest text that can still be an integer of 64 bits: sign, `0b`, and as many digits. */
const MAX_INTEGER_CHARACTERS = 67;

const CONSTANTS: ReadonlyMap<string, boolean | number | null> = new Map<string, boolean | number | null>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word) => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word) => [word, false] as const,
  ),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(
    (word) => [word, Number.POSITIVE_INFINITY] as const,
  ),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

/**
 * What a plain (unquoted) scalar means to Kubernetes, whose YAML is 1.1 as go-yaml 2 reads it: `0400` is 256, `no` is
 * false, `1_000` is 1000; sexagesimal numbers and dates stay strings. A number that fits neither int64 nor uint64
 * becomes a float, as there.
 */
export function resolvePlainScalar(source: string, offset: number): Scalar {
  const constant = CONSTANTS.get(source);
  if (constant === null) return { kind: 'null', offset };
  if (typeof constant === 'boolean') return { kind: 'boolean', offset, source, value: constant };
  if (typeof constant === 'number') return { kind: 'float', offset, source, value: constant };
  if (!/^[-+.0-9]/.test(source)) return { kind: 'string', offset, value: source };
  // go-yaml drops underscores everywhere in a number, except where it begins with the dot.
  const digits = source.startsWith('.') ? source : source.replaceAll('_', '');
  const integer = parseInteger(digits);
  if (integer !== undefined) return { kind: 'integer', offset, source, value: integer };
  const float = parseFloatLiteral(digits);
  if (float !== undefined) return { kind: 'float', offset, source, value: float };
  return { kind: 'string', offset, value: source };
}

/** As Go's ParseInt with base 0: decimal, or octal by `0` or `0o`, `0x`, `0b`; the sign comes first. */
function parseInteger(text: string): bigint | undefined {
  const match = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/.exec(text);
  if (match === null || text.length > MAX_INTEGER_CHARACTERS) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const magnitude =
    hex !== undefined
      ? BigInt(`0x${hex}`)
      : binary !== undefined
        ? BigInt(`0b${binary}`)
        : octal !== undefined
          ? BigInt(`0o${octal}`)
          : BigInt(decimal ?? 0);
  const value = sign === '-' ? -magnitude : magnitude;
  return value >= INT64_MIN && value <= UINT64_MAX ? value : undefined;
}

function parseFloatLiteral(text: string): number | undefined {
  if (!/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(text)) return undefined;
  const value = Number(text);
  // Go's ParseFloat refuses what overflows, and the scalar stays a string.
  return Number.isFinite(value) ? value : undefined;
}
