import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/index.ts';
import { removeClaim } from '../../../src/daemon/index.ts';
import { filePodRecords } from '../../../src/state/index.ts';
import { claimDirectory } from '../../../src/volumes/pod-directory.ts';
import { makePod, makeRecord } from '../plan/base.ts';
import { freshRootDir } from '../state/temporary.ts';

const root = freshRootDir();
const claim = { namespace: 'default', name: 'data' };
const remove = (): Promise<void> => removeClaim(root.path, claim, { logger: silentLogger });

beforeEach(async () => {
  const directory = claimDirectory(root.path, claim.namespace, claim.name);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'file'), 'kept');
});

function record(name: string, namespace: string, claimName: string): Promise<void> {
  const pod = makePod({
    metadata: { name, namespace },
    spec: { volumes: [{ name: 'v', source: { kind: 'persistentVolumeClaim', claimName } }] },
  });
  return filePodRecords(root.path, silentLogger).save(makeRecord({ pod }));
}

test('what a claim holds is deleted, once', async () => {
  await remove();
  await expect(access(claimDirectory(root.path, 'default', 'data'))).rejects.toThrow('ENOENT');
  await expect(remove()).rejects.toThrow(
    'persistentvolumeclaim "default/data" not found: nothing is kept for any claim',
  );
});

test('not while a pod uses it, whatever the daemon does', async () => {
  await record('web', 'default', 'data');
  await expect(remove()).rejects.toThrow(
    'persistentvolumeclaim "default/data" is used by pod "default/web": remove that first',
  );
  await access(join(claimDirectory(root.path, 'default', 'data'), 'file'));
});

test.each([
  ['another claim', 'default', 'other'],
  ['a claim of that name in another namespace', 'shop', 'data'],
])('a pod that uses %s is no hindrance', async (_, namespace, claimName) => {
  await record('web', namespace, claimName);
  await remove();
});

test('a claim that is not there: the others are named', async () => {
  await expect(
    removeClaim(root.path, { namespace: 'default', name: 'date' }, { logger: silentLogger }),
  ).rejects.toThrow('"default/date" not found: there is default/data');
});
