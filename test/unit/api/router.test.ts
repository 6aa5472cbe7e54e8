import { describe, expect, test } from 'vitest';
import {
  type ApiRequest,
  createRouter,
  type HealthSource,
  type NodeSource,
  nodeRoutes,
  type Route,
} from '../../../src/api/index.ts';
import { ApiFailure } from '../../../src/apimachinery/index.ts';
import { type LogFields, silentLogger } from '../../../src/base/index.ts';
import type { NodeReport } from '../../../src/status/index.ts';
import { node } from '../cli/reports.ts';
import { apiRequest, ask, bodyText } from './ask.ts';

const forbiddenLogger = {
  ...silentLogger,
  error: (_: LogFields, message: string) => expect.fail(`nothing is to be told, but: ${message}`),
};

/** A node of which nothing is known; a test fills in what it asks for. */
const source: NodeSource & HealthSource = {
  report: () => node(),
  why: () => [],
  events: () => [],
  healthChecks: () => [],
};

/** Asks the node API in process, without a socket. */
async function askNode(report: NodeReport, path: string, changed: Partial<ApiRequest> = {}) {
  const answer = await ask(nodeRoutes({ ...source, report: () => report }), path, changed);
  return { ...answer, body: await bodyText(answer) };
}

describe('routes of the node', () => {
  test('/status is the report as JSON', async () => {
    const report = node({ warnings: ['one'] });
    const { status, headers, body } = await askNode(report, '/status');
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'application/json' });
    expect(JSON.parse(body)).toEqual(report);
  });
});

describe('further routes', () => {
  const route = (path: string): Route => ({
    path,
    methods: ['GET'],
    handle: () => ({ status: 200, headers: {}, body: path }),
  });

  test('are loaded once, when something else is asked for', async () => {
    let loads = 0;
    const router = createRouter([route('/first')], silentLogger, async () => {
      loads += 1;
      return [route('/first'), route('/second')];
    });
    const asked = [];
    for (const target of ['/first', '/second', '/second', '/third']) {
      const { status } = await router.answer(apiRequest(target));
      asked.push([target, status, loads]);
    }
    expect(asked).toEqual([
      ['/first', 200, 0],
      ['/second', 200, 1],
      ['/second', 200, 1],
      ['/third', 404, 1],
    ]);
  });

  test('that cannot be loaded are tried again', async () => {
    let loads = 0;
    const told: string[] = [];
    const logger = { ...silentLogger, error: (_: LogFields, message: string) => told.push(message) };
    const router = createRouter([], logger, async () => {
      loads += 1;
      if (loads === 1) throw new Error('no such file');
      return [route('/second')];
    });
    const { status } = await router.answer(apiRequest('/second'));
    expect([status, told]).toEqual([500, ['request failed']]);
    expect(await router.answer(apiRequest('/second'))).toMatchObject({ status: 200 });
  });
});

describe('what no route takes', () => {
  test.each(['/', '/statusz', '/status/', '/api/v1/pods', '/__proto__'])(
    '%s is a Kubernetes Status 404',
    async (path) => {
      const { status, body } = await askNode(node(), path);
      expect(status).toBe(404);
      expect(JSON.parse(body)).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'the server could not find the requested resource',
        reason: 'NotFound',
        details: {},
        code: 404,
      });
    },
  );

  test('a wrong method is 405 and says which are right', async () => {
    const { status, headers, body } = await askNode(node(), '/status', { method: 'DELETE' });
    expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: 'GET' });
    expect(JSON.parse(body)).toMatchObject({ kind: 'Status', reason: 'MethodNotAllowed', code: 405 });
  });

  test('what a client did wrong is the Status it was thrown as, and no line in the log', async () => {
    const causes = [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.containers' }];
    const refusing: Route = {
      path: '/refusing',
      methods: ['GET'],
      async handle() {
        const details = { kind: 'pods', name: 'web', causes, retryAfterSeconds: 3 };
        throw new ApiFailure('Invalid', 'Pod "web" is invalid', details);
      },
    };
    const { status, headers, body } = await ask([refusing], '/refusing', {}, forbiddenLogger);
    expect({ status, retry: headers['retry-after'] }).toEqual({ status: 422, retry: '3' });
    expect(JSON.parse(String(body))).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Pod "web" is invalid',
      reason: 'Invalid',
      details: { kind: 'pods', name: 'web', causes, retryAfterSeconds: 3 },
      code: 422,
    });
  });

  test('whose client has gone may throw what it likes', async () => {
    const throwing: Route = {
      path: '/throwing',
      methods: ['GET'],
      handle() {
        throw new Error('nobody there');
      },
    };
    const signal = AbortSignal.abort();
    expect((await ask([throwing], '/throwing', { signal }, forbiddenLogger)).status).toBe(500);
  });

  test('a handler that throws is a 500 and one line in the log', async () => {
    const logged: [LogFields, string][] = [];
    const broken: Route = {
      path: '/broken',
      methods: ['GET'],
      handle() {
        throw new Error('bug');
      },
    };
    const logger = {
      ...silentLogger,
      error: (fields: LogFields, message: string) => logged.push([fields, message]),
    };
    const { status, body } = await ask([broken], '/broken', {}, logger);
    expect({ status, reason: JSON.parse(String(body)).reason }).toEqual({
      status: 500,
      reason: 'InternalError',
    });
    expect(logged).toEqual([[{ err: new Error('bug'), path: '/broken' }, 'request failed']]);
  });
});
