import { expect, test } from 'vitest';
import { annotation, type Pod, sameWork } from '../../../src/pod/index.ts';
import { makeContainer, makePod, pod } from '../plan/base.ts';

const annotated = (annotations: Record<string, string>): Pod => makePod({ metadata: { annotations } });

test.each<[boolean, string, Pod]>([
  [true, 'nothing', makePod()],
  [true, 'a label', makePod({ metadata: { labels: { a: 'b' } } })],
  [true, 'an annotation', annotated({ note: 'x' })],
  [true, 'a wish', annotated({ [annotation.rollback]: 'true' })],
  [true, 'who looks into it', makePod({ spec: { ephemeralContainers: [makeContainer('debug')] } })],
  [false, 'an image', makePod({ app: { image: 'app:2' } })],
  [false, 'what restarts nothing', makePod({ spec: { terminationGracePeriodSeconds: 7 } })],
  [false, 'one container less', makePod({ spec: { containers: pod.spec.containers.slice(0, 1) } })],
  [false, 'a device', annotated({ 'cdi.k8s.io/gpu': 'vendor.example/gpu=all' })],
  [
    false,
    'a profile',
    annotated({ 'container.apparmor.security.beta.kubernetes.io/app': 'localhost/strict' }),
  ],
])('the same work (%s) with another manifest: %s', (isSame, _case, other) => {
  expect(sameWork(pod, other)).toBe(isSame);
});
