import { expect, test } from 'vitest';
import { metricsRoutes } from '../../../src/api/routes/metrics-route.ts';
import { statsSummaryRoutes } from '../../../src/api/routes/stats-summary-route.ts';
import { ask, bodyText } from './ask.ts';

const contentType = 'text/plain; version=0.0.4; charset=utf-8';
const routes = metricsRoutes({ expose: async (which) => ({ contentType, text: `# ${which}\n` }) });

test.each([
  ['/metrics', '# node\n'],
  ['/metrics/resource', '# resource\n'],
  ['/metrics/probes', '# probes\n'],
])('%s', async (path, text) => {
  const answer = await ask(routes, path);
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': contentType } });
  expect(await bodyText(answer)).toBe(text);
});

test('who looks for cadvisor is told where to look', async () => {
  const answer = await ask(routes, '/metrics/cadvisor');
  expect(answer.status).toBe(404);
  expect(await bodyText(answer)).toContain('/metrics/resource');
});

const summary = statsSummaryRoutes({ summary: async (only) => ({ ...only }) });

test.each([
  ['', false],
  ['?only_cpu_and_memory=', false],
  ['?only_cpu_and_memory=true', true],
  ['?only_cpu_and_memory=1', true],
  ['?only_cpu_and_memory=F', false],
])('/stats/summary%s', async (query, cpuAndMemory) => {
  for (const method of ['GET', 'POST']) {
    const answer = await ask(summary, `/stats/summary${query}`, {
      method,
      body: Buffer.from('{"num_stats":1}'),
    });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(await bodyText(answer))).toEqual({ cpuAndMemory });
  }
});

test.each(['yes', 'toString'])('only_cpu_and_memory=%s is refused', async (value) => {
  const answer = await ask(summary, `/stats/summary?only_cpu_and_memory=${value}`);
  const message = `only_cpu_and_memory is "${value}": it has to be true or false`;
  expect(JSON.parse(await bodyText(answer))).toMatchObject({ kind: 'Status', code: 400, message });
});
