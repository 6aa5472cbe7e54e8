import { describe, expect, test } from 'vitest';
import type { HealthCheck } from '../../../src/api/index.ts';
import { healthRoutes } from '../../../src/api/routes/health-route.ts';
import { ask, bodyText } from './ask.ts';

function check(name: string, alive: boolean, problem?: string): HealthCheck {
  return { name, alive, problem: () => problem };
}

const WELL = [check('ping', true), check('syncloop', true), check('runtime', false)];
const AWAY = [check('ping', true), check('syncloop', true), check('runtime', false, 'no such socket')];
const STUCK = [check('ping', true), check('syncloop', true, 'stands still'), check('runtime', false)];

async function answer(checks: readonly HealthCheck[], target: string) {
  const answered = await ask(healthRoutes({ healthChecks: () => checks }), target);
  return [answered.status, await bodyText(answered)];
}

describe('as an API server answers', () => {
  test.each<[string, readonly HealthCheck[], string, number, string]>([
    ['alive', WELL, '/healthz', 200, 'ok'],
    ['alive', WELL, '/livez', 200, 'ok'],
    ['ready', WELL, '/readyz', 200, 'ok'],
    ['alive without a runtime', AWAY, '/healthz', 200, 'ok'],
    ['alive without a runtime', AWAY, '/livez', 200, 'ok'],
    [
      'not ready without one',
      AWAY,
      '/readyz',
      500,
      '[+]ping ok\n[+]syncloop ok\n[-]runtime failed: no such socket\nreadyz check failed\n',
    ],
    ['not alive', STUCK, '/livez', 500, '[+]ping ok\n[-]syncloop failed: stands still\nlivez check failed\n'],
    ['every line', WELL, '/healthz?verbose', 200, '[+]ping ok\n[+]syncloop ok\nhealthz check passed\n'],
    [
      'every line',
      WELL,
      '/readyz?verbose=true',
      200,
      '[+]ping ok\n[+]syncloop ok\n[+]runtime ok\nreadyz check passed\n',
    ],
    ['without one check', AWAY, '/readyz?exclude=runtime', 200, 'ok'],
    [
      'without two',
      STUCK,
      '/readyz?verbose&exclude=ping&exclude=syncloop',
      200,
      '[+]ping excluded: ok\n[+]syncloop excluded: ok\n[+]runtime ok\nreadyz check passed\n',
    ],
    [
      'without what is none',
      WELL,
      '/livez?verbose&exclude=etcd&exclude=runtime',
      200,
      '[+]ping ok\n[+]syncloop ok\n' +
        'warn: some health checks cannot be excluded: no matches for "etcd", "runtime"\nlivez check passed\n',
    ],
    ['one by its name', AWAY, '/healthz/ping', 200, 'ok'],
    ['one by its name', AWAY, '/readyz/ping', 200, 'ok'],
    ['one by its name', AWAY, '/readyz/runtime', 500, 'internal server error: no such socket\n'],
  ])('%s', async (_, checks, target, status, body) => {
    expect(await answer(checks, target)).toEqual([status, body]);
  });

  test.each(['/healthz/runtime', '/livez/runtime', '/readyz/etcd', '/readyz/__proto__'])(
    '%s is no check',
    async (target) => {
      const [status, body] = await answer(WELL, target);
      expect([status, JSON.parse(String(body))]).toMatchObject([404, { kind: 'Status', reason: 'NotFound' }]);
    },
  );

  test('a reason of several lines looks like no further check', async () => {
    const checks = [check('runtime', false, 'broken:\r\n[+]forged ok\n')];
    const [, body] = await answer(checks, '/readyz');
    expect(body).toBe('[-]runtime failed: broken: [+]forged ok\nreadyz check failed\n');
  });

  test('a check is asked with itself', async () => {
    class Own implements HealthCheck {
      readonly name = 'own';
      readonly alive = true;
      problem(): string {
        return `of ${this.name}`;
      }
    }
    expect(await answer([new Own()], '/livez')).toEqual([500, '[-]own failed: of own\nlivez check failed\n']);
  });
});
