import { describe, expect, test } from 'vitest';
import {
  formatQuantity,
  milliOf,
  milliUnits,
  parseQuantity,
  type Quantity,
  roundUpToMilli,
  timesOf,
  unitsOf,
  wholeUnits,
} from '../../../src/pod/index.ts';

function quantity(text: string): Quantity {
  const parsed = parseQuantity(text);
  if (parsed === undefined) throw new Error(`${text} is no quantity`);
  return parsed;
}

describe('canonical form', () => {
  test.each([
    // Whole numbers and fractions
    ['0', '0'],
    ['0.0', '0'],
    ['-0', '0'],
    ['0Ki', '0'],
    ['0e3', '0'],
    ['1', '1'],
    ['+1', '1'],
    ['-1', '-1'],
    ['007', '7'],
    ['1.', '1'],
    ['.5', '500m'],
    ['0.5', '500m'],
    ['-0.5', '-500m'],
    ['1.50', '1500m'],
    ['1024', '1024'],
    ['1000', '1k'],
    ['12345', '12345'],
    // Decimal suffixes
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['2000000u', '2'],
    ['100u', '100u'],
    ['0.1m', '100u'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['-0.1n', '-1n'],
    ['1.0000000001', '1000000001n'],
    ['1k', '1k'],
    ['0.5k', '500'],
    ['1000k', '1M'],
    ['1.5G', '1500M'],
    ['1T', '1T'],
    ['1000P', '1E'],
    ['1.1E', '1100P'],
    // Binary suffixes
    ['1Ki', '1Ki'],
    ['1024Ki', '1Mi'],
    ['1025Ki', '1025Ki'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['1.1Ki', '1126400m'],
    ['0.0001Ki', '102400u'],
    ['-2048Ki', '-2Mi'],
    ['1000Ki', '1000Ki'],
    ['1Ti', '1Ti'],
    ['1024Pi', '1Ei'],
    ['7Ei', '7Ei'],
    // Exponents: without a number behind it, E is a suffix
    ['1e3', '1e3'],
    ['1E3', '1e3'],
    ['1E', '1E'],
    ['1e+3', '1e3'],
    ['1e0', '1'],
    ['1e4', '10e3'],
    ['1.5e3', '1500'],
    ['2E-3', '2e-3'],
    ['12e-1', '1200e-3'],
    ['1e-9', '1e-9'],
    ['1e-10', '1e-9'],
    // Exact beyond 2^53
    ['9007199254740993', '9007199254740993'],
    ['9007199254740991Ki', '9007199254740991Ki'],
    ['9223372036854775807', '9223372036854775807'],
    ['1152921504606846977', '1152921504606846977'],
    ['1.152921504606846977E', '1152921504606846977'],
    ['4611686018427387904Ki', '9223372036854775807'],
    // More than there is
    ['9223372036854775808', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775807'],
    ['8Ei', '9223372036854775807'],
    ['1e99', '9223372036854775807'],
    ['1e-99', '1e-9'],
  ])('%s is %s', (text, canonical) => {
    expect(formatQuantity(quantity(text))).toBe(canonical);
  });

  test.each([
    '',
    ' ',
    ' 1',
    '1 ',
    '1 Gi',
    '1gi',
    '1GI',
    '1GiB',
    '1B',
    '1K',
    '1ki',
    '1i',
    '1mi',
    '.5i',
    '0.1am',
    '-3.01i',
    '0x10',
    '1_000',
    '1,5',
    '1e',
    '1e+',
    '1e1.5',
    '-3.01e-',
    '1e3k',
    '1kk',
    '1.1.M',
    '1+1.0M',
    '1.2.3',
    '.',
    '-',
    '+-1',
    '--1',
    'Gi',
    'm',
    'aoeu',
    'NaN',
    'Infinity',
    '1\n',
    '１',
  ])('%j is none', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });
});

describe('numbers', () => {
  test.each<[string, bigint, bigint]>([
    ['0', 0n, 0n],
    ['1', 1n, 1000n],
    ['250m', 1n, 250n],
    ['1001m', 2n, 1001n],
    ['-1001m', -2n, -1001n],
    ['100u', 1n, 1n],
    ['1n', 1n, 1n],
    ['-1n', -1n, -1n],
    ['1.0001', 2n, 1001n],
    ['64Mi', 67_108_864n, 67_108_864_000n],
    ['9007199254740993', 9_007_199_254_740_993n, 9_007_199_254_740_993_000n],
  ])('%s: %s whole units, %s thousandths, both rounded away from zero', (text, whole, milli) => {
    expect([wholeUnits(quantity(text)), milliUnits(quantity(text))]).toEqual([whole, milli]);
    expect([unitsOf(text), milliOf(text)]).toEqual([whole, milli]);
  });

  test('what is absent or no quantity is 0', () => {
    expect([undefined, '', 'x'].flatMap((text) => [unitsOf(text), milliOf(text)])).toEqual(Array(6).fill(0n));
  });

  test.each([
    ['0.1m', '1m'],
    ['100u', '1m'],
    ['-100u', '-1m'],
    ['1n', '1m'],
    ['1500m', '1500m'],
    ['1500100u', '1501m'],
    ['1.0001Ki', '1024103m'],
    ['1e-4', '1e-3'],
    ['64Mi', '64Mi'],
    ['0', '0'],
  ])('%s is held as %s', (text, held) => {
    expect(formatQuantity(roundUpToMilli(quantity(text)))).toBe(held);
  });

  test.each<[string, string, bigint]>([
    ['250m', '1', 1n],
    ['250m', '1m', 250n],
    ['2500m', '1', 3n],
    ['64Mi', '1Mi', 64n],
    ['64Mi', '1M', 68n],
    ['64Mi', '1', 67_108_864n],
    ['64Mi', '0', 67_108_864n],
    ['1', '1Ki', 1n],
    ['0', '1Gi', 0n],
    ['-1500m', '1', -2n],
  ])('%s holds %s %s times, rounded up', (text, divisor, times) => {
    expect(timesOf(quantity(text), quantity(divisor))).toBe(times);
  });
});

test('no text takes long, whatever it is', () => {
  const startedMs = performance.now();
  const digits = '1'.repeat(200_000);
  for (const text of [digits, `0.${digits}`, `1.${digits}Ei`, `${digits}e-200000`, `${digits}x`]) {
    parseQuantity(text);
  }
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});

test('a fraction of any length is rounded up, not cut', () => {
  expect(formatQuantity(quantity(`0.${'1'.repeat(5_000)}`))).toBe('111111112n');
  expect(formatQuantity(quantity(`1.${'0'.repeat(5_000)}1`))).toBe('1000000001n');
  expect(formatQuantity(quantity(`0.${'0'.repeat(5_000)}1e5001`))).toBe('1');
});
