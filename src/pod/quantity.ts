/**
 * Kubernetes' quantities (apimachinery: resource.Quantity), exact: a whole number of nano-units in a bigint, so nothing is lost
 * beyond 2^53. Notations: plain and decimal numbers, `n u m k M G T P E`, `Ki Mi Gi Ti Pi Ei`, and exponents (`1e3`, `2E-3`).
 */
export interface Quantity {
  /** In units of 10⁻⁹. */
  readonly nanos: bigint;
  /** How it is written in canonical form. */
  readonly format: 'DecimalSI' | 'BinarySI' | 'DecimalExponent';
}

const NANO = 1_000_000_000n;
/** The largest value a quantity holds; more is cut to it, as Kubernetes does with binary ones: no machine has as much of anything. */
const LARGEST = (2n ** 63n - 1n) * NANO;

const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_SHIFTS: Readonly<Record<string, bigint>> = {
  Ki: 10n,
  Mi: 20n,
  Gi: 30n,
  Ti: 40n,
  Pi: 50n,
  Ei: 60n,
};

const PATTERN = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([eE][+-]?\d{1,9})|(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]))?$/;

/** Undefined where the text is no quantity. What is finer than 10⁻⁹ is rounded up, away from zero. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [, sign, number = '', exponent, suffix = ''] = match;
  const [whole = '', fraction = ''] = number.split('.');
  const digits = BigInt(`${whole}${fraction}`);
  const shift = BINARY_SHIFTS[suffix];
  const tens = (exponent === undefined ? (DECIMAL_EXPONENTS[suffix] ?? 0) : Number(exponent.slice(1))) + 9;
  const exact = shift === undefined ? digits : digits << shift;
  // 60 binary digits are at most 19 decimal ones.
  const magnitude = limit(scale(exact, tens - fraction.length, whole.length + fraction.length + 19));
  const format = shift !== undefined ? 'BinarySI' : exponent === undefined ? 'DecimalSI' : 'DecimalExponent';
  return { nanos: sign === '-' ? -magnitude : magnitude, format };
}

/** The canonical text: no fraction, the largest suffix that allows it (apimachinery: Quantity.CanonicalizeBytes). */
export function formatQuantity({ nanos, format }: Quantity): string {
  const sign = nanos < 0n ? '-' : '';
  const magnitude = nanos < 0n ? -nanos : nanos;
  if (magnitude === 0n) return '0';
  // What no binary suffix can say is written like a decimal one, so that it is the same when it is read again.
  if (format === 'BinarySI' && magnitude % (1024n * NANO) === 0n) {
    return `${sign}${binaryText(magnitude / NANO)}`;
  }
  let exponent = -9;
  let digits = magnitude;
  while (exponent < 18 && digits % 1000n === 0n) {
    digits /= 1000n;
    exponent += 3;
  }
  if (format === 'DecimalExponent') return `${sign}${digits}${exponent === 0 ? '' : `e${exponent}`}`;
  const suffix = Object.entries(DECIMAL_EXPONENTS).find(([, value]) => value === exponent)?.[0] ?? '';
  return `${sign}${digits}${suffix}`;
}

/** Whole units, rounded up (apimachinery: Quantity.Value). */
export function wholeUnits(quantity: Quantity): bigint {
  return ceilDivide(quantity.nanos, NANO);
}

/** Thousandths, rounded up (apimachinery: Quantity.MilliValue). */
export function milliUnits(quantity: Quantity): bigint {
  return ceilDivide(quantity.nanos, NANO / 1000n);
}

/** As core/v1 does when it decodes resources: what is finer than a thousandth is rounded up. */
export function roundUpToMilli(quantity: Quantity): Quantity {
  return { ...quantity, nanos: milliUnits(quantity) * (NANO / 1000n) };
}

/** How many times `divisor` fits, rounded up; a divisor of zero is 1 (component-helpers: ConvertResourceQuantityToString). */
export function timesOf(quantity: Quantity, divisor: Quantity): bigint {
  return ceilDivide(quantity.nanos, divisor.nanos === 0n ? NANO : divisor.nanos);
}

/** Whole units of a canonical text that was checked before; 0 where it is absent. */
export function unitsOf(text: string | undefined): bigint {
  const quantity = text === undefined ? undefined : parseQuantity(text);
  return quantity === undefined ? 0n : wholeUnits(quantity);
}

/** Thousandths of a canonical text that was checked before; 0 where it is absent. */
export function milliOf(text: string | undefined): bigint {
  const quantity = text === undefined ? undefined : parseQuantity(text);
  return quantity === undefined ? 0n : milliUnits(quantity);
}

/** Away from zero, as Kubernetes rounds up. */
function ceilDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  const rest = value % by;
  if (rest === 0n) return quotient;
  return value > 0n === by > 0n ? quotient + 1n : quotient - 1n;
}

/**
 * `digits` × 10^`tens`, rounded up; `digits` has at most `length` digits. An exponent beyond reason is cut: the result is at its
 * limit anyway, or the least there is.
 */
function scale(digits: bigint, tens: number, length: number): bigint {
  if (digits === 0n) return 0n;
  if (tens >= 0) return digits * 10n ** BigInt(Math.min(tens, 64));
  return -tens >= length ? 1n : ceilDivide(digits, 10n ** BigInt(-tens));
}

function limit(nanos: bigint): bigint {
  return nanos > LARGEST ? LARGEST : nanos;
}

function binaryText(units: bigint): string {
  let rest = units;
  let suffix = '';
  for (const name of Object.keys(BINARY_SHIFTS)) {
    if (rest % 1024n !== 0n) break;
    rest /= 1024n;
    suffix = name;
  }
  return `${rest}${suffix}`;
}
