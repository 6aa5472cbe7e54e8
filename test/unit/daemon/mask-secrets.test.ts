import { expect, test } from 'vitest';
import { maskRecords, maskSecrets } from '../../../src/daemon/mask-secrets.ts';
import type { ManifestDirectory, ManifestObject } from '../../../src/manifest/index.ts';
import type { SideObject } from '../../../src/pod/index.ts';
import { base64, configMap, secret } from '../../fakes/side-objects.ts';
import { makePod } from '../plan/base.ts';

const keys = secret('keys', { user: 'admin', password: 'hunter2' }, { immutable: true });
const masked = new Map([
  ['user', base64('[redacted]')],
  ['password', base64('[redacted]')],
]);
const settings = configMap('settings', { mode: 'fast' });

function found(object: SideObject): ManifestObject {
  return { kind: object.kind, object, file: '/m/a.yaml', line: 1 };
}

function directoryWith(...objects: ManifestObject[]): ManifestDirectory {
  const refused = {
    state: 'refused',
    file: '/m/b.yaml',
    errors: [{ file: '/m/b.yaml', line: 1, column: 1, path: '', message: 'broken' }],
  } as const;
  const accepted = { state: 'accepted', file: '/m/a.yaml', objects, notes: [] } as const;
  return { state: 'read', directory: '/m', files: [accepted, refused], warnings: [] };
}

test('every value of every Secret is masked; its keys, its digest and all else stay', () => {
  const pod: ManifestObject = { kind: 'Pod', pod: makePod(), file: '/m/a.yaml', line: 9 };
  const unreadable = { state: 'unreadable', directory: '/n', reason: 'no such directory' } as const;
  const snapshot = {
    directories: [directoryWith(pod, found(keys), found(settings)), unreadable],
  };
  expect(maskSecrets(snapshot)).toEqual({
    directories: [directoryWith(pod, found({ ...keys, data: masked }), found(settings)), unreadable],
  });
  expect(JSON.stringify(keys.data.get('password'))).toContain(base64('hunter2'));
});

test('records are masked, too, and not written', async () => {
  const saved: unknown[] = [];
  const records = maskRecords({
    load: async () => [keys, settings].map((object) => ({ object, file: '/m/a.yaml', line: 1 })),
    save: async (objects) => void saved.push(objects),
  });
  expect(await records.load()).toEqual(
    [{ ...keys, data: masked }, settings].map((object) => ({ object, file: '/m/a.yaml', line: 1 })),
  );
  await records.save([]);
  expect(saved).toEqual([]);
});
