import { describe, expect, test } from 'vitest';
import {
  type Pod,
  type PodKey,
  podKey,
  readWishes,
  type Wishes,
  type WishProblem,
  wishesOf,
} from '../../../src/pod/index.ts';

const none: Wishes = {
  rollback: false,
  progressDeadlineMs: 60_000,
  startAfter: [],
  restartOnConfigChange: false,
};

const keys = (...names: string[]): readonly PodKey[] =>
  names.map((full) => {
    const [namespace = '', name = ''] = full.split('/');
    return podKey({ namespace, name });
  });

const read = (annotations: Readonly<Record<string, string>>) =>
  readWishes({ namespace: 'prod', name: 'web', annotations });

describe('what an annotation asks for', () => {
  test.each<[annotation: string, value: string, wishes: Partial<Wishes>]>([
    ['rollback', 'true', { rollback: true }],
    ['rollback', 'false', {}],
    ['restart-on-config-change', 'true', { restartOnConfigChange: true }],
    ['restart-on-config-change', 'false', {}],
    ['progress-deadline', '90s', { progressDeadlineMs: 90_000 }],
    ['progress-deadline', '1s', { progressDeadlineMs: 1_000 }],
    ['progress-deadline', '24h', { progressDeadlineMs: 86_400_000 }],
    ['progress-deadline', '1m30s', { progressDeadlineMs: 90_000 }],
    ['crash-loop-max', '1s', { crashLoopMaxMs: 1_000 }],
    ['crash-loop-max', '5m', { crashLoopMaxMs: 300_000 }],
    ['crash-loop-max', '1500ms', { crashLoopMaxMs: 1_500 }],
    ['start-after', 'db', { startAfter: keys('prod/db') }],
    ['start-after', 'infra/db', { startAfter: keys('infra/db') }],
    ['start-after', 'infra/web', { startAfter: keys('infra/web') }],
    ['start-after', ' db , infra/cache.v1 ', { startAfter: keys('prod/db', 'infra/cache.v1') }],
    ['start-after', 'db, prod/db, db', { startAfter: keys('prod/db') }],
    ['start-after', '', {}],
    ['start-after', ' ', {}],
    ['one-shot', 'request', { oneShot: 'request' }],
    ['one-shot', 'client', { oneShot: 'client' }],
  ])('%s: %j', (name, value, wishes) => {
    expect(read({ [`tinylet.dev/${name}`]: value })).toEqual({
      wishes: { ...none, ...wishes },
      problems: [],
    });
  });

  test('nothing, where there is none', () => {
    expect(read({ 'example.com/rollback': 'true' })).toEqual({ wishes: none, problems: [] });
  });
});

describe('what is not understood is told, and counts as not said', () => {
  const boolean = 'must be "true" or "false"';
  const form = 'must be a duration like 90s or 1m30s';
  const name = 'must be namespace/name or name of a pod';

  test.each<[annotation: string, value: string, wrong: [value: string, message: string][]]>([
    ['rollback', 'yes', [['yes', boolean]]],
    ['rollback', 'True', [['True', boolean]]],
    ['rollback', '', [['', boolean]]],
    ['restart-on-config-change', '1', [['1', boolean]]],
    ['progress-deadline', '60', [['60', form]]],
    ['progress-deadline', '', [['', form]]],
    ['progress-deadline', '-1s', [['-1s', form]]],
    ['progress-deadline', '1 s', [['1 s', form]]],
    ['progress-deadline', '999ms', [['999ms', 'must be from 1s to 24h']]],
    ['progress-deadline', '24h1ms', [['24h1ms', 'must be from 1s to 24h']]],
    ['crash-loop-max', '0s', [['0s', 'must be from 1s to 5m']]],
    ['crash-loop-max', '301s', [['301s', 'must be from 1s to 5m']]],
    ['crash-loop-max', `${'9'.repeat(400)}h`, [[`${'9'.repeat(400)}h`, 'must be from 1s to 5m']]],
    [
      'start-after',
      ',',
      [
        ['', name],
        ['', name],
      ],
    ],
    ['start-after', '/db', [['/db', name]]],
    ['start-after', 'a/b/c', [['a/b/c', name]]],
    ['start-after', 'DB', [['DB', name]]],
    ['start-after', 'a.b/c', [['a.b/c', name]]],
    ['start-after', '../db', [['../db', name]]],
    ['start-after', 'db cache', [['db cache', name]]],
    ['start-after', 'web', [['web', 'a pod cannot wait for itself']]],
    ['start-after', 'prod/web', [['prod/web', 'a pod cannot wait for itself']]],
  ])('%s: %j', (annotation, value, wrong) => {
    const problems: WishProblem[] = wrong.map(([part, message]) => ({
      annotation: `tinylet.dev/${annotation}`,
      value: part,
      message,
    }));
    expect(read({ [`tinylet.dev/${annotation}`]: value })).toEqual({ wishes: none, problems });
  });

  test('each part for itself', () => {
    const { wishes, problems } = read({
      'tinylet.dev/start-after': 'DB, cache, web',
      'tinylet.dev/rollback': 'on',
      'tinylet.dev/crash-loop-max': '20s',
    });
    expect(wishes).toEqual({ ...none, startAfter: keys('prod/cache'), crashLoopMaxMs: 20_000 });
    expect(problems.map(({ value }) => value).sort()).toEqual(['DB', 'on', 'web']);
  });
});

test('the wishes of a pod are those of its annotations', () => {
  const pod: Pod = {
    metadata: {
      name: 'web',
      namespace: 'prod',
      labels: {},
      annotations: { 'tinylet.dev/rollback': 'true', 'tinylet.dev/start-after': 'db,?' },
    },
    spec: { containers: [], restartPolicy: 'Always', terminationGracePeriodSeconds: 30, hostNetwork: false },
  };
  expect(wishesOf(pod)).toEqual({ ...none, rollback: true, startAfter: keys('prod/db') });
  expect(wishesOf(pod)).toBe(wishesOf(pod));
});
