import { expect, test } from 'vitest';
import type { ContainerSecurityContext, PodSecurityContext } from '../../../src/pod/index.ts';
import { checkUser, type ImageUser } from '../../../src/podspec/index.ts';
import { app, makePod, subjectOf, uid } from './base.ts';

const who = '(pod: "web_prod(u-1)", container: app)';
const root = `container has runAsNonRoot and image will run as root ${who}`;
const named = (name: string) =>
  `container has runAsNonRoot and image has non-numeric user (${name}), cannot verify user is non-root ${who}`;
const invalid = (id: number | string) =>
  `container has runAsNonRoot and image has an invalid user id (${id}). (Must be 1-(2147483647)): ` +
  `must be between 0 and 2147483647, inclusive ${who}`;
const nobodyAsks = (id: number | string) =>
  `image has an invalid user id (${id}): must be between 0 and 2147483647, inclusive ${who}`;

// kubelet: verifyRunAsNonRoot
test.each<[own: ContainerSecurityContext, user: ImageUser | undefined, problem: string | undefined]>([
  [{}, { uid: 0, username: '' }, undefined],
  [{}, { username: '' }, undefined],
  [{}, { username: 'root' }, undefined],
  [{}, undefined, undefined],
  [{ runAsNonRoot: false }, { uid: 0, username: '' }, undefined],
  [{ runAsNonRoot: true }, { uid: 1, username: '' }, undefined],
  [{ runAsNonRoot: true }, { uid: 2147483647, username: '' }, undefined],
  [{ runAsNonRoot: true }, { uid: 0, username: '' }, root],
  [{ runAsNonRoot: true }, { username: '' }, root],
  [{ runAsNonRoot: true }, undefined, root],
  [{ runAsNonRoot: true }, { username: 'nobody' }, named('nobody')],
  [{ runAsNonRoot: true }, { username: 'root' }, named('root')],
  // A name of digits is a number, whatever the runtime makes of it.
  [{ runAsNonRoot: true }, { username: '0' }, root],
  [{ runAsNonRoot: true }, { username: '+0' }, root],
  [{ runAsNonRoot: true }, { username: '1000' }, undefined],
  [{ runAsNonRoot: true }, { uid: 2147483648, username: '' }, invalid(2147483648)],
  [{ runAsNonRoot: true }, { uid: 4294967296, username: '' }, invalid(4294967296)],
  [{ runAsNonRoot: true }, { uid: -1, username: '' }, invalid(-1)],
  [{ runAsNonRoot: true }, { username: '18446744073709551616' }, invalid('18446744073709552000')],
  [{}, { uid: 4294967296, username: '' }, nobodyAsks(4294967296)],
  [{}, { username: '4294967296' }, nobodyAsks('4294967296')],
  [{ runAsUser: 1 }, { uid: 4294967296, username: '' }, undefined],
  [{ runAsUser: 1, runAsNonRoot: true }, { uid: 0, username: '' }, undefined],
  [{ runAsUser: 0 }, { uid: 1, username: '' }, undefined],
  [
    { runAsUser: 0, runAsNonRoot: true },
    { uid: 1, username: '' },
    `container's runAsUser breaks non-root policy ${who}`,
  ],
])('%j of an image with %j: %s', (securityContext, user, problem) => {
  expect(checkUser(subjectOf(makePod({ app: { securityContext } })), user, uid)).toBe(problem);
});

test.each<[ofPod: PodSecurityContext, own: ContainerSecurityContext, refused: boolean]>([
  [{ runAsNonRoot: true }, {}, true],
  [{ runAsNonRoot: true }, { runAsNonRoot: false }, false],
  [{ runAsNonRoot: false }, { runAsNonRoot: true }, true],
  [{ runAsUser: 7 }, { runAsNonRoot: true }, false],
  [{ runAsUser: 7, runAsNonRoot: true }, { runAsUser: 0 }, true],
])("the container's word counts before the pod's: %j and %j", (ofPod, securityContext, refused) => {
  const pod = makePod({ spec: { securityContext: ofPod, containers: [{ ...app, securityContext }] } });
  expect(checkUser(subjectOf(pod), { uid: 0, username: '' }, uid) !== undefined).toBe(refused);
});

test('a pod without a uid is told by name', () => {
  const subject = subjectOf(makePod({ app: { securityContext: { runAsNonRoot: true } } }));
  expect(checkUser(subject, undefined)).toBe(
    'container has runAsNonRoot and image will run as root (pod: "web_prod", container: app)',
  );
});
