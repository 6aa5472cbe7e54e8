import { expect, test } from 'vitest';
import { tinylet } from './fake-program.ts';

test('prints what the daemon of that root directory wrote', async () => {
  const outcome = await tinylet(['kubeconfig', '--root-dir', '/srv/t']);
  const called = [{ what: 'readKubeconfig', rootDir: '/srv/t' }];
  expect(outcome).toEqual({ code: 0, out: 'kind: Config\n', err: '', called });
});

test('the variable names the directory, too', async () => {
  const { called } = await tinylet(['kubeconfig'], { env: { TINYLET_ROOT_DIR: '/srv/v' } });
  expect(called).toEqual([{ what: 'readKubeconfig', rootDir: '/srv/v' }]);
});
