import { expect, test } from 'vitest';
import { noObjects, type Secret } from '../../../src/pod/index.ts';
import { detailsOf, exitedJustNow, makeInstance, observe, pod, runTarget } from '../plan/base.ts';
import { lastPass } from './last-pass.ts';

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
