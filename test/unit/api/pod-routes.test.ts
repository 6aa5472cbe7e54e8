import { describe, expect, test } from 'vitest';
import { type NodeSource, nodeRoutes } from '../../../src/api/index.ts';
import { event, node, why } from '../cli/reports.ts';
import { ask, bodyText } from './ask.ts';

async function askNode(path: string, query: string, source: Partial<NodeSource>) {
  const whole: NodeSource = { report: () => node(), why: () => [], events: () => [], ...source };
  const answer = await ask(nodeRoutes({ ...whole, healthChecks: () => [] }), `${path}?${query}`);
  return { status: answer.status, body: await bodyText(answer) };
}

describe('/why', () => {
  test('is the last passes of the pods of that name', async () => {
    const asked: string[] = [];
    const source = {
      why(namespace: string, name: string) {
        asked.push(`${namespace}/${name}`);
        return [why('web')];
      },
    };
    const { status, body } = await askNode('/why', 'pod=default/web', source);
    expect({ status, body: JSON.parse(body) }).toEqual({ status: 200, body: { pods: [why('web')] } });
    expect(asked).toEqual(['default/web']);
  });

  test.each<[string, number, string]>([
    ['pod=default/web', 404, 'pods "web" not found'],
    ['', 400, 'name a pod: /why?pod=namespace/name'],
    ['pod=web', 400, 'pod must be namespace/name, not "web"'],
    ['pod=a/b/c', 400, 'pod must be namespace/name, not "a/b/c"'],
    ['pod=default/..', 400, 'pod must be namespace/name, not "default/.."'],
  ])('?%s is answered with %i', async (query, status, message) => {
    const answer = await askNode('/why', query, {});
    expect({ status: answer.status, ...JSON.parse(answer.body) }).toMatchObject({
      status: 'Failure',
      code: status,
      message,
    });
    expect(answer.status).toBe(status);
  });
});

describe('/events', () => {
  test.each<[string, object]>([
    ['', {}],
    ['pod=default/web', { namespace: 'default', name: 'web' }],
  ])('?%s asks for what it names', async (query, filter) => {
    const asked: unknown[] = [];
    const source = {
      events(given: object) {
        asked.push(given);
        return [event()];
      },
    };
    const { status, body } = await askNode('/events', query, source);
    expect({ status, body: JSON.parse(body) }).toEqual({ status: 200, body: { events: [event()] } });
    expect(asked).toEqual([filter]);
  });

  test('what is no pod is refused', async () => {
    const { status } = await askNode('/events', 'pod=web', {});
    expect(status).toBe(400);
  });
});
