import { expect, test } from 'vitest';
import { loadFieldGuide } from '../../../src/manifest/index.ts';

const guide = await loadFieldGuide();
const rows = guide.podSupport();

test('every field of core/v1 has a row, and every row all its columns', () => {
  expect(rows).toHaveLength(514);
  expect(new Set(rows.map(({ type, field }) => `${type}.${field}`)).size).toBe(514);
  expect(new Set(rows.flatMap((row) => Object.keys(row)))).toEqual(
    new Set(['type', 'field', 'fate', 'reason', 'needs']),
  );
});

test.each<[field: string, fate: string, reason: string, needs: string]>([
  ['V1PodSpec.containers', 'honoured', '', ''],
  ['V1PodSpec.hostUsers', 'honoured', 'only for false', expect.stringContaining('user namespaces')],
  ['V1Volume.image', 'honoured', '', 'containerd 2.1'],
  ['V1PodSpec.tolerations', 'not-applicable', 'one node: there is nothing to choose', ''],
  ['V1Toleration.operator', 'not-applicable', 'one node: there is nothing to choose', ''],
  ['V1PodSpec.schedulingGates', 'refused', 'nothing here would ever lift a scheduling gate', ''],
  ['V1GitRepoVolumeSource.repository', 'refused', expect.stringMatching(/^gitRepo is unsafe/), ''],
])('%s is %s', (name, fate, reason, needs) => {
  const [type, field] = name.split('.');
  expect(rows.filter((row) => row.type === type && row.field === field)).toEqual([
    { type, field, fate, reason, needs },
  ]);
});

test('the objects beside Pods have their own rows', () => {
  const types = new Set(guide.objectSupport().map(({ type }) => type));
  for (const type of ['V1ConfigMap', 'V1Secret', 'V1PersistentVolumeClaim', 'V1RuntimeClass'])
    expect(types).toContain(type);
  expect(rows.filter(({ type }) => types.has(type))).toEqual([]);
});
