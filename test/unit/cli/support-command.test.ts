import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tinylet } from './fake-program.ts';

test('json is a list of all fields', async () => {
  const { code, out } = await tinylet(['support', '-o', 'json']);
  const rows: unknown = JSON.parse(out);
  expect(code).toBe(0);
  expect(rows).toHaveLength(514);
  expect(rows).toContainEqual({
    type: 'V1PodSpec',
    field: 'schedulingGates',
    fate: 'refused',
    reason: 'nothing here would ever lift a scheduling gate',
    needs: '',
  });
});

test('the table has a line for each field', async () => {
  const { code, out } = await tinylet(['support']);
  const lines = out.split('\n');
  expect(code).toBe(0);
  expect(lines).toHaveLength(1 + 514 + 1);
  expect(lines.map((line) => line.replace(/ {2,}/g, ' | '))).toEqual(
    expect.arrayContaining([
      'FIELD | FATE | REASON',
      'V1PodSpec.containers | honoured',
      'V1PodSpec.nodeSelector | not-applicable | one node: there is nothing to choose',
      'V1PodSecurityContext.supplementalGroupsPolicy | honoured | needs containerd 2.0 (only for Strict)',
    ]),
  );
});

test('markdown is what docs/pod-support.md holds', async () => {
  const { out } = await tinylet(['support', '--output', 'markdown']);
  const file = new URL('../../../docs/pod-support.md', import.meta.url);
  expect(readFileSync(file, 'utf8'), 'run scripts/generate-pod-support.sh').toBe(out);
});

test('another format is wrong usage', async () => {
  const { code, err } = await tinylet(['support', '-o', 'yaml']);
  expect(code).toBe(2);
  expect(err).toContain('--output: "yaml" is not one of table, json, markdown');
});
