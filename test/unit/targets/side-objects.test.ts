import { describe, expect, test } from 'vitest';
import type { ManifestFile, ManifestMessage } from '../../../src/manifest/index.ts';
import type { PersistentVolumeClaim, Pod, RuntimeClass, SideObject } from '../../../src/pod/index.ts';
import { SideObjects } from '../../../src/targets/side-objects.ts';
import { configMap, secret, uses } from '../../fakes/side-objects.ts';
import { makePod } from '../plan/base.ts';
import { badFile, goneDirectory, manifestsOf, objectFile, snapshotOf } from './manifests.ts';

const [a, b] = ['/m/a.yaml', '/m/b.yaml'] as const;
const NOW_MS = 1_000;
const fast = configMap('settings', { mode: 'fast' });
const safe = configMap('settings', { mode: 'safe' });

/** A pod that takes a variable from the ConfigMap `settings`. */
const web = makePod({
  app: {
    env: [
      {
        name: 'MODE',
        value: '',
        valueFrom: { kind: 'configMapKeyRef', name: 'settings', key: 'mode' },
      },
    ],
  },
});

/** Shows one snapshot after the other; tells what the last one refused. */
function note(objects: SideObjects, ...snapshots: ManifestFile[][]): readonly ManifestMessage[] {
  let refused: readonly ManifestMessage[] = [];
  for (const files of snapshots) refused = objects.note(manifestsOf(...files), NOW_MS);
  return refused;
}

function usedBy(objects: SideObjects, pod: Pod = web): SideObject | undefined {
  return objects.usedBy(pod).configMaps.get('settings');
}

function definedBy(refused: string, holder: string, line = 1): ManifestMessage {
  const message = `ConfigMap "default/settings" is already defined by ${holder}`;
  return { file: refused, line, column: 1, path: 'metadata.name', message };
}

describe('what a pod uses', () => {
  test('is what it names and what there is, of its own namespace', () => {
    const keys = secret('keys', { k: '1' });
    const claim: PersistentVolumeClaim = {
      kind: 'PersistentVolumeClaim',
      metadata: { ...fast.metadata, name: 'disk' },
      accessModes: ['ReadWriteOnce'],
    };
    const runtime: RuntimeClass = {
      ...{ kind: 'RuntimeClass', handler: 'kata' },
      metadata: { ...fast.metadata, name: 'vm', namespace: '' },
    };
    const elsewhere = { ...safe, metadata: { ...safe.metadata, namespace: 'prod' } };
    const unnamed = configMap('unnamed', {});
    const objects = new SideObjects();
    expect(note(objects, [objectFile(a, elsewhere, fast, keys, claim, runtime, unnamed)])).toEqual([]);
    const pod = makePod({
      app: { envFrom: [{ kind: 'configMapRef', name: 'settings' }] },
      spec: {
        runtimeClassName: 'vm',
        imagePullSecrets: ['keys', 'missing'],
        volumes: [{ name: 'd', source: { kind: 'persistentVolumeClaim', claimName: 'disk' } }],
      },
    });
    expect(objects.usedBy(pod)).toEqual(uses(fast, keys, claim, runtime));
    expect(objects.usedBy(makePod())).toEqual(uses());
    const other = { ...web, metadata: { ...web.metadata, namespace: 'prod' } };
    expect(usedBy(objects, other)).toBe(elsewhere);
  });

  test('is the same value as long as nothing of it changes', () => {
    const objects = new SideObjects();
    note(objects, [objectFile(a, fast)]);
    const before = objects.usedBy(web);
    note(objects, [objectFile(a, configMap('settings', { mode: 'fast' }), configMap('other', {}))]);
    expect(objects.usedBy(web)).toBe(before);
    note(objects, [objectFile(a, safe)]);
    expect(objects.usedBy(web)).not.toBe(before);
    expect(usedBy(objects)).toBe(safe);
  });

  test('stays the same object when it moves within its file or to another', () => {
    const objects = new SideObjects();
    note(objects, [objectFile(a, fast)]);
    const before = objects.usedBy(web);
    const again = configMap('settings', { mode: 'fast' });
    note(objects, [objectFile(a, configMap('first', {}), again)], [objectFile(b, again)]);
    expect(objects.usedBy(web)).toBe(before);
    expect([...objects.records.values()]).toEqual([{ object: fast, file: b, line: 1, createdAtMs: NOW_MS }]);
  });

  test('is gone when no file defines it any more', () => {
    const objects = new SideObjects();
    note(objects, [objectFile(a, fast)], [objectFile(a)]);
    expect(usedBy(objects)).toBeUndefined();
    note(objects, [objectFile(a, fast)], []);
    expect(usedBy(objects)).toBeUndefined();
  });
});

describe('an object of a source that is given no more', () => {
  const unread = { ...goneDirectory, directory: 'https://new/' };

  test('stays until a URL that never answered has done so', () => {
    const objects = new SideObjects();
    note(objects, [objectFile(a, fast)]);
    const elsewhere = { state: 'read', directory: '/other', files: [], warnings: [] } as const;
    objects.note(snapshotOf(elsewhere, unread), NOW_MS);
    expect(usedBy(objects)).toBe(fast);
    objects.note(snapshotOf(elsewhere), NOW_MS);
    expect(usedBy(objects)).toBeUndefined();
  });

  test('gives way to another file that defines it', () => {
    const objects = new SideObjects();
    note(objects, [objectFile(a, fast)]);
    const files = [objectFile('/other/b.yaml', safe)];
    const elsewhere = { state: 'read', directory: '/other', files, warnings: [] } as const;
    expect(objects.note(snapshotOf(elsewhere, unread), NOW_MS)).toEqual([]);
    expect(usedBy(objects)).toBe(safe);
  });
});

describe('what an object is shown by', () => {
  const labelled = configMap(
    'settings',
    { mode: 'fast' },
    { metadata: { ...fast.metadata, labels: { a: 'b' } } },
  );

  test('is of the last version, and changes nothing for who uses it', () => {
    const objects = new SideObjects();
    note(objects, [objectFile(a, fast)]);
    const before = objects.usedBy(web);
    objects.note(manifestsOf(objectFile(a, labelled)), NOW_MS + 1);
    expect([...objects.records.values()]).toEqual([
      { object: labelled, file: a, line: 1, createdAtMs: NOW_MS },
    ]);
    expect(objects.usedBy(web)).toBe(before);
  });

  test('its time is that of its first sight, until it is gone', () => {
    const objects = new SideObjects();
    objects.note(manifestsOf(objectFile(a, fast)), 1);
    objects.note(manifestsOf(objectFile(a, safe)), 2);
    expect([...objects.records.values()].map(({ createdAtMs }) => createdAtMs)).toEqual([1]);
    objects.note(manifestsOf(objectFile(a)), 3);
    objects.note(manifestsOf(objectFile(a, safe)), 4);
    expect([...objects.records.values()].map(({ createdAtMs }) => createdAtMs)).toEqual([4]);
  });
});

describe('one name in several files', () => {
  test('belongs to the first; the others are refused, naming it', () => {
    const objects = new SideObjects();
    expect(note(objects, [objectFile(a, fast), objectFile(b, safe)])).toEqual([definedBy(b, a)]);
    expect(usedBy(objects)).toBe(fast);
  });

  test('belongs to who had it, wherever the other stands', () => {
    const objects = new SideObjects();
    expect(note(objects, [objectFile(b, safe)], [objectFile(a, fast), objectFile(b, safe)])).toEqual([
      definedBy(a, b),
    ]);
    expect(usedBy(objects)).toBe(safe);
  });

  test('goes over when its holder gives it up', () => {
    const objects = new SideObjects();
    const refused = note(objects, [objectFile(a, fast), objectFile(b, safe)], [objectFile(b, safe)]);
    expect(refused).toEqual([]);
    expect(usedBy(objects)).toBe(safe);
  });

  test('in one file belongs to the first document', () => {
    const objects = new SideObjects();
    expect(note(objects, [objectFile(a, fast, safe)])).toEqual([definedBy(a, a, 11)]);
    expect(usedBy(objects)).toBe(fast);
  });

  test('of two kinds are two objects', () => {
    const objects = new SideObjects();
    expect(note(objects, [objectFile(a, fast, secret('settings', {}))])).toEqual([]);
  });
});

describe('the last good version', () => {
  const dark = [badFile(a)];

  test('stays while its file cannot be used', () => {
    const objects = new SideObjects();
    expect(note(objects, [objectFile(a, fast)], dark)).toEqual([]);
    expect(usedBy(objects)).toBe(fast);
    objects.note(snapshotOf(goneDirectory), NOW_MS);
    expect(usedBy(objects)).toBe(fast);
  });

  test('keeps its name against another file meanwhile', () => {
    const objects = new SideObjects();
    const refused = note(objects, [objectFile(a, fast)], [badFile(a), objectFile(b, safe)]);
    expect(refused).toEqual([definedBy(b, a)]);
    expect(usedBy(objects)).toBe(fast);
  });

  test('gives way to the next one, and ends with the file', () => {
    const objects = new SideObjects();
    note(objects, [objectFile(a, fast)], dark, [objectFile(a, safe)]);
    expect(usedBy(objects)).toBe(safe);
    note(objects, dark, []);
    expect(usedBy(objects)).toBeUndefined();
  });

  test('is taken up again by the next daemon', () => {
    const objects = new SideObjects();
    note(objects, [objectFile(a, fast)]);
    const next = new SideObjects();
    next.restore([...objects.records.values()]);
    note(next, dark);
    expect(usedBy(next)).toBe(fast);
  });

  test('is one to record anew only when something changed', () => {
    const objects = new SideObjects();
    note(objects, [objectFile(a, fast)]);
    const before = objects.records;
    note(objects, [objectFile(a, configMap('settings', { mode: 'fast' }))], dark);
    expect(objects.records).toBe(before);
    note(objects, [objectFile(a, safe)]);
    expect(objects.records).not.toBe(before);
  });
});

describe('an immutable object (validation: ValidateConfigMapUpdate, ValidateSecretUpdate)', () => {
  const fixed = configMap('settings', { mode: 'fast' }, { immutable: true });
  const forbidden = (path: string, what = 'ConfigMap "default/settings"'): ManifestMessage => ({
    ...{ file: a, line: 1, column: 1, path },
    message: `Forbidden: field is immutable when \`immutable\` is set; ${what} stays as it was until it is deleted`,
  });

  test.each<[string, SideObject, string]>([
    ['its data', configMap('settings', { mode: 'safe' }, { immutable: true }), 'data'],
    ['that it is immutable', configMap('settings', { mode: 'fast' }), 'immutable'],
    ['both', safe, 'immutable'],
  ])('does not change %s', (_case, changed, path) => {
    const objects = new SideObjects();
    expect(note(objects, [objectFile(a, fixed)], [objectFile(a, changed)])).toEqual([forbidden(path)]);
    expect(usedBy(objects)).toBe(fixed);
    expect(note(objects, [objectFile(a, fixed)])).toEqual([]);
  });

  test('is refused for as long as the change stands, also by the next daemon', () => {
    const objects = new SideObjects();
    note(objects, [objectFile(a, fixed)]);
    const next = new SideObjects();
    next.restore([...objects.records.values()]);
    expect(note(next, [objectFile(a, safe)], [objectFile(a, safe)])).toEqual([forbidden('immutable')]);
  });

  test('may be deleted and come back as another', () => {
    const objects = new SideObjects();
    expect(note(objects, [objectFile(a, fixed)], [], [objectFile(a, safe)])).toEqual([]);
    expect(usedBy(objects)).toBe(safe);
  });

  test('may become immutable', () => {
    const objects = new SideObjects();
    expect(note(objects, [objectFile(a, fast)], [objectFile(a, fixed)])).toEqual([]);
    expect(usedBy(objects)).toBe(fixed);
  });

  test('may be a Secret', () => {
    const objects = new SideObjects();
    const key = secret('keys', { k: '1' }, { immutable: true });
    expect(note(objects, [objectFile(a, key)], [objectFile(a, secret('keys', { k: '2' }))])).toEqual([
      forbidden('immutable', 'Secret "default/keys"'),
    ]);
  });
});
