import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatQuantity, parseQuantity, roundUpToMilli, timesOf } from '../../src/pod/index.ts';

const NANO = 10n ** 9n;
const LARGEST = (2n ** 63n - 1n) * NANO;

/** Text of a quantity, and what it means: `digits` × 10^`tens` × 2^`twos`. */
const written = fc
  .record({
    sign: fc.constantFrom('', '+', '-'),
    whole: fc.stringMatching(/^\d{0,25}$/),
    fraction: fc.option(fc.stringMatching(/^\d{0,25}$/), { nil: undefined }),
    suffix: fc.oneof(
      fc.constantFrom('n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'),
      fc.tuple(fc.constantFrom('e', 'E'), fc.integer({ min: -40, max: 40 })).map(([e, by]) => `${e}${by}`),
    ),
  })
  .filter(({ whole, fraction = '' }) => whole !== '' || fraction !== '')
  .map(({ sign, whole, fraction, suffix }) => {
    const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'].indexOf(suffix);
    const binary = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].indexOf(suffix);
    const exponent = decimal >= 0 ? 3 * (decimal - 3) : binary >= 0 ? 0 : Number(suffix.slice(1));
    return {
      text: `${sign}${whole}${fraction === undefined ? '' : `.${fraction}`}${suffix}`,
      isNegative: sign === '-',
      digits: BigInt(`${whole}${fraction ?? ''}`),
      tens: exponent - (fraction ?? '').length,
      twos: binary < 0 ? 0 : 10 * (binary + 1),
    };
  });

/** Any quantity, as small and as large as there are. */
const quantity = fc.record({
  nanos: fc.oneof(
    fc.bigInt({ min: -LARGEST, max: LARGEST }),
    fc.bigInt({ min: -2048n, max: 2048n }).map((units) => units * NANO),
    fc
      .tuple(fc.bigInt({ min: 0n, max: 4096n }), fc.integer({ min: 0, max: 5 }))
      .map(([units, power]) => units * 1024n ** BigInt(power) * NANO)
      .filter((nanos) => nanos <= LARGEST),
  ),
  format: fc.constantFrom('DecimalSI', 'BinarySI', 'DecimalExponent'),
});

test('what is read is what is written: never less, and less than 10⁻⁹ more', () => {
  fc.assert(
    fc.property(written, ({ text, isNegative, digits, tens, twos }) => {
      const read = parseQuantity(text);
      const nanos = (isNegative ? -1n : 1n) * (read?.nanos ?? -1n);
      // Both sides times 10^100, so that all are whole.
      const exact = digits * 2n ** BigInt(twos) * 10n ** BigInt(100 + 9 + tens);
      const scaled = nanos * 10n ** 100n;
      const isCut = exact >= LARGEST * 10n ** 100n && nanos === LARGEST;
      expect(isCut || (scaled >= exact && scaled - exact < 10n ** 100n)).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test('canonical text means the same, and is canonical', () => {
  fc.assert(
    fc.property(quantity, (value) => {
      const text = formatQuantity(value);
      const read = parseQuantity(text);
      expect(read?.nanos).toBe(value.nanos);
      expect(read === undefined ? undefined : formatQuantity(read)).toBe(text);
      expect(text).toMatch(/^-?\d+(?:[numkMGTPE]|[KMGTPE]i|e-?\d+)?$/);
    }),
    { numRuns: 3_000 },
  );
});

test('canonical text says it the shortest way: no thousand is left that a suffix could say', () => {
  fc.assert(
    fc.property(quantity, (value) => {
      const [, digits = '', suffix = ''] = /^-?(\d+)(.*)$/.exec(formatQuantity(value)) ?? [];
      if (suffix.endsWith('i')) expect(suffix === 'Ei' || BigInt(digits) % 1024n !== 0n).toBe(true);
      else if (!['E', 'e18'].includes(suffix) && value.format !== 'BinarySI') {
        expect(digits === '0' || !digits.endsWith('000')).toBe(true);
      }
    }),
    { numRuns: 3_000 },
  );
});

test('rounding up to thousandths takes nothing away, adds less than one, and does it once', () => {
  fc.assert(
    fc.property(quantity, (value) => {
      const rounded = roundUpToMilli(value);
      const added = (value.nanos < 0n ? -1n : 1n) * (rounded.nanos - value.nanos);
      expect(added >= 0n && added < 10n ** 6n && rounded.nanos % 10n ** 6n === 0n).toBe(true);
      expect(roundUpToMilli(rounded)).toEqual(rounded);
    }),
  );
});

test('a quantity is no more than its divisor as often as it fits', () => {
  fc.assert(
    fc.property(quantity, quantity, (value, divisor) => {
      fc.pre(value.nanos >= 0n && divisor.nanos > 0n);
      const times = timesOf(value, divisor);
      expect(times * divisor.nanos >= value.nanos && (times - 1n) * divisor.nanos < value.nanos).toBe(true);
    }),
  );
});

test('any text is a quantity or none', () => {
  const piece = fc.constantFrom(
    '1',
    '0',
    '.',
    '-',
    '+',
    'e',
    'E',
    'i',
    'K',
    'M',
    'm',
    'k',
    'n',
    ' ',
    '\n',
    '9'.repeat(30),
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(text, (source) => {
      const read = parseQuantity(source);
      if (read !== undefined) expect(parseQuantity(formatQuantity(read))?.nanos).toBe(read.nanos);
    }),
    { numRuns: 3_000 },
  );
});
