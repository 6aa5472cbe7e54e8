import { expect, test } from 'vitest';
import { goDuration } from '../../../src/base/go-duration.ts';

test.each([
  [-5, '0s'],
  [0, '0s'],
  [0.9, '0s'],
  [1, '1ms'],
  [999.9, '999ms'],
  [1_000, '1s'],
  [1_001, '1.001s'],
  [1_200, '1.2s'],
  [60_000, '1m0s'],
  [90_500, '1m30.5s'],
  [3_600_000, '1h0m0s'],
  [93_784_005, '26h3m4.005s'],
])('%d ms are %s', (ms, text) => {
  expect(goDuration(ms)).toBe(text);
});
