import { expect, test } from 'vitest';
import { humanAge } from '../../../src/status/index.ts';

test.each([
  [-3, '<invalid>'],
  [-1, '0s'],
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [185, '3m5s'],
  [600, '10m'],
  [10_799, '179m'],
  [10_800, '3h'],
  [11_100, '3h5m'],
  [28_800, '8h'],
  [172_799, '47h'],
  [172_800, '2d'],
  [180_000, '2d2h'],
  [691_200, '8d'],
  [63_072_000, '2y'],
  [63_158_400, '2y1d'],
  [252_288_000, '8y'],
])('%d seconds are %s', (seconds, text) => {
  expect(humanAge(seconds * 1000)).toBe(text);
});
