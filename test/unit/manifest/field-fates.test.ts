import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { containerFates } from '../../../src/manifest/fates/container-fates.ts';
import { objectFates } from '../../../src/manifest/fates/object-fates.ts';
import { podFates } from '../../../src/manifest/fates/pod-fates.ts';
import { volumeFates } from '../../../src/manifest/fates/volume-fates.ts';
import { shapeOf } from '../../../src/manifest/field-fates.ts';
import { isTypeName, objectTypes, podspecTypes, type TypeName } from '../../../src/manifest/known-fields.ts';
import { errorsOf, parse } from './parse.ts';

const facts: { types: Record<string, Record<string, string>> } = JSON.parse(
  readFileSync(new URL('../../facts/podspec-v1.json', import.meta.url), 'utf8'),
);
const parts = [podFates, containerFates, volumeFates, objectFates];
const allTypes: readonly TypeName[] = [...podspecTypes, ...objectTypes];

describe('the table', () => {
  test('gives each of the 514 fields of core/v1 a fate, and knows no others', () => {
    const known = Object.fromEntries(podspecTypes.map((type) => [type, [...shapeOf(type).keys()].sort()]));
    const published = Object.entries(facts.types).map(([type, fields]) => [type, Object.keys(fields).sort()]);
    expect(known).toEqual(Object.fromEntries(published));
    expect(Object.values(known).flat()).toHaveLength(514);
  });

  test('names each type in one part only, so that no part hides what another says', () => {
    expect(parts.flatMap((part) => Object.keys(part)).sort()).toEqual([...allTypes].sort());
  });

  test('says why, wherever a field is not honoured', () => {
    const silent = rows().filter(({ fate }) => fate.fate !== 'honoured' && fate.reason === '');
    expect(silent).toEqual([]);
  });

  /** What a field holds has a fate that fits its own: nothing honoured can be written into what is refused. */
  test.each(podspecTypes.filter((type) => usesOf(type).length > 0))('%s fits where it stands', (type) => {
    const honouredAt = usesOf(type).filter(({ fate }) => fate.fate === 'honoured');
    const honouredFields = [...shapeOf(type).values()].filter(({ fate }) => fate.fate === 'honoured');
    expect(honouredFields.length > 0).toBe(honouredAt.length > 0);
  });
});

function rows() {
  return allTypes.flatMap((type) =>
    [...shapeOf(type)].map(([field, { type: value, fate }]) => ({ type, field, value, fate })),
  );
}

function usesOf(type: TypeName) {
  return rows().filter(({ value }) => value.replace('[]', '') === type && isTypeName(type));
}

const pod = (spec: string): string => `name: web\ncontainers: [{name: c, image: i}]\n${spec}\n`;

describe('not applicable', () => {
  test('is accepted and noted once, at the field, with the reason', () => {
    const file = parse(
      pod(
        'affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: []}}}',
      ),
    );
    expect(file.state === 'accepted' && file.notes).toEqual([
      {
        file: 'f',
        line: 3,
        column: 1,
        path: 'affinity',
        message: 'has no effect here: one node: there is nothing to choose',
      },
    ]);
  });

  test('what an API server writes out by itself is no error', () => {
    const written = `
schedulerName: default-scheduler
serviceAccount: default
serviceAccountName: default
automountServiceAccountToken: false
enableServiceLinks: true
preemptionPolicy: PreemptLowerPriority
priority: 0
nodeName: node-1
tolerations:
- {effect: NoExecute, key: node.kubernetes.io/not-ready, operator: Exists, tolerationSeconds: 300}
affinity: null
nodeSelector: {}
ephemeralContainers: []
readinessGates: null
`;
    expect(errorsOf(pod(written))).toEqual([]);
  });

  test.each<[what: string, spec: string, errors: string[]]>([
    [
      'an unknown field deep inside',
      'affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{wait: 1}]}}',
      [
        '3:78: affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].wait: unknown field "affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringE..."',
      ],
    ],
    [
      'one that looks like another',
      'tolerations: [{operater: Exists}]',
      ['3:16: tolerations[0].operater: unknown field "tolerations[0].operater", did you mean "operator"?'],
    ],
    ['no list', 'tolerations: Exists', ['3:14: tolerations: expected a list, got the string "Exists"']],
    ['no map', 'affinity: [1]', ['3:11: affinity: expected a map, got a list']],
    [
      'no map of strings',
      'nodeSelector: disk',
      ['3:15: nodeSelector: expected a map, got the string "disk"'],
    ],
    [
      'a selector that is no string',
      'nodeSelector: {disk: 1}',
      ['3:22: nodeSelector.disk: expected a string, got the number 1 (quote it: "1")'],
    ],
    [
      'no integer',
      'tolerations: [{tolerationSeconds: long}, {tolerationSeconds: 9223372036854775808}]',
      [
        '3:35: tolerations[0].tolerationSeconds: expected an integer, got the string "long"',
        '3:62: tolerations[1].tolerationSeconds: Invalid value: 9223372036854775808: does not fit int64',
      ],
    ],
    [
      'no boolean',
      'automountServiceAccountToken: "false"',
      ['3:31: automountServiceAccountToken: expected a boolean, got the string "false" (remove the quotes)'],
    ],
    [
      'no string',
      'schedulerName: 1',
      ['3:16: schedulerName: expected a string, got the number 1 (quote it: "1")'],
    ],
    ['a whole number as a float, and null', 'priority: 1e3\nnodeName: null', []],
  ])('is still looked at: %s', (_, spec, errors) => {
    expect(errorsOf(pod(spec))).toEqual(errors);
  });

  test('what servers write is not: newer ones write more', () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web, managedFields: [{later: 1}]}\nspec: {containers: [{name: c, image: i}]}\nstatus: 1\n';
    expect(errorsOf(text)).toEqual([]);
  });
});

describe('refused', () => {
  test.each([
    [
      'ephemeralContainers: [{name: a, image: i, resources: {limits: {cpu: 1}}}]',
      '3:43: ephemeralContainers[0].resources: Forbidden: cannot be set for an Ephemeral Container',
    ],
    [
      'schedulingGates: [{name: a}]',
      '3:1: schedulingGates: Forbidden: nothing here would ever lift a scheduling gate',
    ],
  ])('%s', (spec, error) => {
    expect(errorsOf(pod(spec))).toEqual([error]);
  });

  test.each(['[]', '{}', '""', 'null', '~', ''])('an empty value (%s) asks for nothing', (value) => {
    expect(errorsOf(pod(`schedulingGates: ${value}`))).toEqual([]);
  });
});
