import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attemptOf, nextStamp, parseRotated } from '../../../src/logs/log-names.ts';

describe('what a name in a log directory is', () => {
  test.each([
    ['3.log', 3],
    ['3.log.20260102-120000', 3],
    ['3.log.20260102-120000.gz.tmp', 3],
    ['03.log', 3],
    ['3.log2', undefined],
    ['x.log', undefined],
    ['.3.log', undefined],
    ['3.txt', undefined],
  ])('%s', (name, attempt) => {
    expect(attemptOf(name)).toBe(attempt);
  });

  const stamp = '20260102-120000';
  test.each([
    [`3.log.${stamp}`, { stamp, form: 'plain' }],
    [`3.log.${stamp}.gz`, { stamp, form: 'gz' }],
    [`3.log.${stamp}.tmp`, { stamp, form: 'unfinished' }],
    [`3.log.${stamp}.gz.tmp`, { stamp, form: 'unfinished' }],
    ['3.log', undefined],
    [`4.log.${stamp}`, undefined],
    [`33.log.${stamp}`, undefined],
    [`3.log.${stamp}.xz`, undefined],
    ['3.log.20260102', undefined],
    // There is no such day, hour or minute.
    ['3.log.20260100-120000', undefined],
    ['3.log.20260102-240000', undefined],
    ['3.log.20260102-126000', undefined],
    ['3.log.99999999-999999', undefined],
  ])('of attempt 3: %s', (name, parsed) => {
    expect(parseRotated(name, 3)).toEqual(parsed);
  });
});

describe('the stamp of the next rotated log', () => {
  const zone = process.env.TZ;
  beforeAll(() => {
    process.env.TZ = 'Europe/Berlin';
  });
  afterAll(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  const winter = Date.UTC(2026, 0, 2, 11, 4, 5, 678);

  test.each<[string, number, string | undefined, string]>([
    ['is local time', winter, undefined, '20260102-120405'],
    ['is local time in summer, too', Date.UTC(2026, 6, 31, 22, 0, 0), undefined, '20260801-000000'],
    ['does not care for older ones', winter, '20251231-235959', '20260102-120405'],
    ['is a second later where that second has one', winter, '20260102-120405', '20260102-120406'],
    ['follows one from the future', winter, '20991231-235959', '21000101-000000'],
    // 01:30 UTC is the second 02:30 of that night.
    ['follows when summer time ends', Date.UTC(2026, 9, 25, 1, 30), '20261025-025000', '20261025-025001'],
  ])('%s', (_case, nowMs, newest, stamp) => {
    expect(nextStamp(nowMs, newest)).toBe(stamp);
  });
});
