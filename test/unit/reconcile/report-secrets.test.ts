import { expect, test } from 'vitest';
import { type Container, noObjects, type Secret } from '../../../src/pod/index.ts';
import { detailsOf, exitedJustNow, makeInstance, makePod, observe, pod, runTarget } from '../plan/base.ts';
import { lastPass } from './last-pass.ts';
import { Rig } from './rig.ts';

const secret: Secret = {
  kind: 'Secret',
  metadata: { namespace: 'default', name: 's', labels: {}, annotations: {} },
  type: 'Opaque',
  data: new Map([['k', Buffer.from('hunter2').toString('base64')]]),
  immutable: false,
  digest: '',
};

test('a status hides what the runtime keeps of a Secret, and shows what the container said itself', () => {
  const app = makeInstance('app', { state: 'exited' });
  const details = detailsOf({
    ...exitedJustNow,
    message: 'exec: "hunter2": not found',
    terminationMessage: 'hunter2',
  });
  const observed = observe({ containers: [app, makeInstance('log')], details: { [app.id]: details } });
  const target = runTarget(pod, { uses: { ...noObjects, secrets: new Map([['s', secret]]) } });
  expect(lastPass({ target, observed }).told?.status.containerStatuses[0]?.state).toMatchObject({
    terminated: { message: 'exec: "[redacted]": not found: hunter2' },
  });
});

const login = { kind: 'exec', command: ['login'] } as const;
const times = { initialDelaySeconds: 0, periodSeconds: 1, timeoutSeconds: 1 };
const readinessProbe = { handler: login, ...times, successThreshold: 1, failureThreshold: 3 };

test.each<[string, Partial<Container>, string]>([
  ['a probe', { readinessProbe }, 'Readiness probe failed: password [redacted] refused'],
  ['a hook', { lifecycle: { postStart: login } }, '"err":"password [redacted] refused"'],
])('what %s prints of a Secret is told to nobody', async (_case, changes, told) => {
  const rig = new Rig();
  rig.said = 'password hunter2 refused';
  rig.probed = 'failure';
  const env = [{ name: 'P', value: '', valueFrom: { kind: 'secretKeyRef', name: 's', key: 'k' } as const }];
  rig.define(secret);
  await rig.startWith(makePod({ app: { env, ...changes } }));
  const all = JSON.stringify([rig.events, rig.logger.lines]);
  expect(all).toContain(told);
  expect(all).not.toContain('hunter2');
});
