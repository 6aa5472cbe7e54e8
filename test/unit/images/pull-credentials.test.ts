import { expect, test } from 'vitest';
import type { AuthConfig } from '../../../src/cri/index.ts';
import type { ImageNeed, NodeCredentials, PullSecret } from '../../../src/images/index.ts';
import { asPodUid } from '../../../src/pod/index.ts';
import { need, needOf, podA, Rig } from './rig.ts';

const alice = { username: 'alice', password: 'open sesame' };
const bob = { username: 'bob', password: 'shut sesame' };
const node = { username: 'node', password: 'of the machine' };

function secretOf(entries: Record<string, AuthConfig>): PullSecret {
  return {
    type: 'kubernetes.io/dockerconfigjson',
    text: JSON.stringify({ auths: entries }),
    name: 'regcred',
  };
}

const withSecrets = (...pullSecrets: PullSecret[]): ImageNeed =>
  needOf({ image: 'r.test/app:1', pullSecrets });
const auths = (rig: Rig): readonly (AuthConfig | undefined)[] => rig.pulls.map(({ auth }) => auth);

/** The machine's, and what it was asked for. */
function ofNode(
  problems: readonly string[] = [],
  candidates = [node],
): NodeCredentials & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async credentialsFor({ host, path }) {
      asked.push(`${host}/${path}`);
      return { candidates, problems };
    },
  };
}

test('without any for the image the pull is anonymous', async () => {
  const rig = new Rig();
  await rig.keeper.ensure(withSecrets(secretOf({ 'other.test': alice, test: alice })));
  expect(auths(rig)).toEqual([undefined]);
});

test("the pod's come first, the machine's next, until one is taken", async () => {
  const rig = new Rig(8, ofNode());
  const need = withSecrets(secretOf({ 'r.test': alice }), secretOf({ 'r.test/app': bob }));
  await rig.keeper.ensure(need);
  await rig.clock.settle();
  await rig.fail('401');
  await rig.fail('401');
  expect(auths(rig)).toEqual([bob, alice, node]);
  await rig.succeed();
  expect(rig.keeper.state(need).state).toBe('ready');
});

test("the machine's are asked for under the image's full name", async () => {
  const credentials = ofNode();
  const rig = new Rig(8, credentials);
  await rig.keeper.ensure(needOf({ image: 'app' }));
  expect(credentials.asked).toEqual(['docker.io/library/app']);
});

test('where all are refused, each reason is told once and no secret', async () => {
  const rig = new Rig(8, ofNode());
  const need = withSecrets(secretOf({ 'r.test': alice }), secretOf({ 'r.test': bob }));
  await rig.keeper.ensure(need);
  await rig.clock.settle();
  await rig.fail('401 for open sesame');
  await rig.fail('401 for shut sesame');
  await rig.fail('403');
  expect(rig.keeper.state(need)).toMatchObject({
    reason: 'ErrImagePull',
    message: 'Failed to pull image "r.test/app:1": [401 for ***, 403]',
  });
  expect(JSON.stringify(rig.warnings)).not.toContain('sesame');
});

test('a broken secret is passed over with a warning, and told again where the pull fails', async () => {
  const rig = new Rig();
  const need = withSecrets({ type: 'kubernetes.io/dockerconfigjson', text: '{"hunter2', name: 'regcred' });
  await rig.keeper.ensure(need);
  const err = 'pull secret "regcred": it is not valid JSON';
  expect(rig.warnings).toEqual([
    { uid: podA, image: 'r.test/app:1', reason: 'FailedToRetrieveImagePullSecret', err },
  ]);
  await rig.fail('401');
  expect(auths(rig)).toEqual([undefined]);
  expect(rig.keeper.state(need)).toMatchObject({
    message: `Failed to pull image "r.test/app:1": 401; ${err}`,
  });
});

test("what is wrong with the machine's is told where the pull fails", async () => {
  const rig = new Rig(8, ofNode(['/etc/auth.json: there is no such file'], []));
  await rig.keeper.ensure(need);
  await rig.clock.settle();
  await rig.fail('401');
  expect(rig.keeper.state(need)).toMatchObject({
    message: 'Failed to pull image "app:1": 401; /etc/auth.json: there is no such file',
  });
});

test('a pull serves those alone who have the same credentials', async () => {
  const rig = new Rig();
  const pods = ['a', 'b', 'c', 'd', 'e'].map(asPodUid);
  const secrets = [
    [secretOf({ 'r.test': alice })],
    [secretOf({ 'r.test': alice, other: bob })],
    [secretOf({ 'r.test': bob })],
    [],
    undefined,
  ];
  for (const [index, uid] of pods.entries()) {
    const pullSecrets = secrets[index];
    await rig.keeper.ensure(needOf({ uid, image: 'r.test/app:1', ...(pullSecrets && { pullSecrets }) }));
  }
  expect(auths(rig)).toEqual([alice, bob, undefined]);
});

test('a pull that is cancelled tries no others', async () => {
  const rig = new Rig();
  await rig.keeper.ensure(withSecrets(secretOf({ 'r.test': alice, 'r.test/app': bob })));
  rig.keeper.release(podA);
  await rig.clock.settle();
  expect(auths(rig)).toEqual([bob]);
});
