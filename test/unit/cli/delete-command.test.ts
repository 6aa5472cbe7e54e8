import { expect, test } from 'vitest';
import { tinylet } from './fake-program.ts';

test.each([
  [['pvc', 'data'], 'default'],
  [['PersistentVolumeClaim', 'data', '-n', 'shop'], 'shop'],
])('delete %j asks for the claim', async (words, namespace) => {
  expect(await tinylet(['delete', ...words, '--root-dir', '/r'])).toEqual({
    code: 0,
    out: 'persistentvolumeclaim "data" deleted\n',
    err: '',
    called: [{ what: 'deleteClaim', rootDir: '/r', claim: { namespace, name: 'data' } }],
  });
});

test.each([
  [[], 'delete needs a kind and a name: tinylet delete pod NAME'],
  [['pvc'], 'claims are deleted by their names: tinylet delete pvc NAME'],
  [['pvc', '--all'], 'claims are deleted by their names: tinylet delete pvc NAME'],
  [['pvc', 'a', '-A'], 'a name is one in a namespace: give -n instead of -A'],
  [['pvc/a', 'pod/b'], 'claims are deleted by their names: tinylet delete pvc NAME'],
  [['pvc', '../a'], '"../a": a lowercase RFC 1123 subdomain'],
  [['pvc/../a'], '"..": a lowercase RFC 1123 subdomain'],
  [['pvc', 'a', '-n', 'b/..'], '--namespace: "b/..": a lowercase RFC 1123 label'],
  [['pod', 'web', '--now', '--grace-period', '3'], '--now and --grace-period exclude each other'],
  [['pod', 'web', '--force', '--now'], '--force and a grace period other than 0 exclude each other'],
])('delete %j is wrong usage, and nothing is deleted', async (words, message) => {
  const { code, err, called } = await tinylet(['delete', ...words]);
  expect({ code, called }).toEqual({ code: 2, called: [] });
  expect(err).toContain(message);
});
