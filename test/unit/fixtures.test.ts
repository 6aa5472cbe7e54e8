import { describe, expect, test } from 'vitest';
import { formatMessage, type ManifestFile, parseManifest } from '../../src/manifest/index.ts';
import { podSupport } from '../../src/manifest/support-table.ts';
import { allContainers } from '../../src/pod/index.ts';
import { EVERY_POD, type Fixture, filledIn, readFixtures } from '../fixtures/fixture.ts';
import { usedFields } from '../fixtures/used-fields.ts';

/** The corpus itself, without a runtime: what each file says of itself is true for those who read manifests. */

const fixtures = readFixtures();
const accepted = fixtures.filter(({ expected }) => expected.state === 'accepted');

describe('each fixture', () => {
  test.each(fixtures)('$name', (fixture) => {
    const { expected } = fixture;
    const file = parsed(fixture);
    if (expected.state === 'refused') {
      const errors = errorsOf(file);
      expect(errors.map((error, index) => error.slice(0, expected.errors[index]?.length))).toEqual(
        expected.errors,
      );
      return;
    }
    expect(errorsOf(file)).toEqual([]);
    const pods = podsOf(file);
    const named = [...expected.pods.keys()].filter((name) => name !== EVERY_POD);
    expect(pods.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(named));
    const containers = pods.flatMap(allContainers).map(({ name }) => name);
    expect(containers).toEqual(expect.arrayContaining(expected.ends.map(({ container }) => container)));
    expect(pods.length).toBeGreaterThan(0);
  });
});

test('all of them fit beside each other: no name is defined twice', () => {
  const names = accepted.flatMap((fixture) => namesOf(parsed(fixture)));
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('there are many, and about a third of them is quick', () => {
  expect(accepted.flatMap((fixture) => podsOf(parsed(fixture))).length).toBeGreaterThanOrEqual(80);
  const share = fixtures.filter(({ quick }) => quick).length / fixtures.length;
  expect(share).toBeGreaterThan(0.3);
  expect(share).toBeLessThan(0.45);
});

/** Honoured fields that no fixture sets, and where they are proved instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'V1LocalObjectReference.name': 'test/e2e/private-registry.test.ts',
  'V1PodSpec.imagePullSecrets': 'test/e2e/private-registry.test.ts',
};

test('every honoured field occurs in a fixture, or is proved elsewhere', () => {
  const used = new Set(accepted.flatMap(({ text }) => [...usedFields(filledIn(text, SAMPLE))]));
  const honoured = podSupport()
    .filter(({ fate }) => fate === 'honoured')
    .map(({ type, field }) => `${type}.${field}`);
  expect(honoured.filter((field) => !used.has(field)).sort()).toEqual(Object.keys(ELSEWHERE).sort());
});

const SAMPLE = {
  HOST_DIR: '/srv/corpus',
  HOST_PORT: '30001',
  OTHER_HOST_PORT: '30002',
  HOST_NAME: 'machine',
  PID_NAMESPACE: 'pid:[1]',
  IPC_NAMESPACE: 'ipc:[2]',
  NET_NAMESPACE: 'net:[3]',
  CDI_KIND: 'tinylet.test/corpus',
};

function parsed({ fileName, text }: Fixture): ManifestFile {
  return parseManifest({ file: fileName, text: filledIn(text, SAMPLE) });
}

/** Without the file's name, which is the same for all. */
function errorsOf(file: ManifestFile): readonly string[] {
  if (file.state === 'accepted') return [];
  return file.errors.map((error) => formatMessage(error).slice(file.file.length + 1));
}

function podsOf(file: ManifestFile) {
  return file.state === 'accepted'
    ? file.objects.flatMap((each) => (each.kind === 'Pod' ? [each.pod] : []))
    : [];
}

function namesOf(file: ManifestFile): readonly string[] {
  if (file.state === 'refused') return [];
  return file.objects.map((each) => {
    const { namespace, name } = each.kind === 'Pod' ? each.pod.metadata : each.object.metadata;
    return `${each.kind} ${namespace}/${name}`;
  });
}
