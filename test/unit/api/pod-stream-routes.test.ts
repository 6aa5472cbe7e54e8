import { expect, test } from 'vitest';
import { podAttachRoute } from '../../../src/api/routes/pod-attach-route.ts';
import { podExecRoute } from '../../../src/api/routes/pod-exec-route.ts';
import { podPortForwardRoute } from '../../../src/api/routes/pod-port-forward-route.ts';
import type { JsonObject } from '../../../src/base/index.ts';
import { ask, bodyText } from './ask.ts';
import { podObjects } from './pod-objects.ts';
import { askUpgrade, refusingStreams, V4 } from './stream-stage.ts';

const PODS = '/api/v1/namespaces/default/pods';

const pod = (name: string, status: JsonObject = { phase: 'Running' }): JsonObject => ({
  metadata: { name, namespace: 'default', uid: `uid-${name}` },
  spec: { containers: [{ name: 'app' }, { name: 'other' }] },
  status,
});
const objects = podObjects(pod('web'), pod('done', { phase: 'Succeeded' }));

/** Routes over a runtime that refuses everything, and what it was asked for. */
function bench() {
  const { asked, streams } = refusingStreams();
  const ports = { objects, streams };
  return { asked, routes: [podExecRoute(ports), podAttachRoute(ports), podPortForwardRoute(ports)] };
}

async function upgrade(target: string, headers: Record<string, string> = {}) {
  const { asked, routes } = bench();
  const answer = await askUpgrade(routes, `${PODS}/${target}`, headers);
  const { code, reason, message } = JSON.parse(answer === undefined ? '{}' : await bodyText(answer));
  return { asked, answer: { code, reason, message } };
}

const app = { podUid: 'uid-web', container: 'app' };
const none = { stdin: false, stdout: false, stderr: false, tty: false };

test.each([
  [
    'web/exec?container=app&command=ls&command=-l&stdout=true&stderr=true',
    ['exec', app, { ...none, stdout: true, stderr: true, command: ['ls', '-l'] }],
  ],
  [
    'web/exec?container=app&command=sh&stdin=true&stdout=1&stderr=true&tty',
    ['exec', app, { ...none, stdin: true, stdout: true, tty: true, command: ['sh'] }],
  ],
  [
    'web/attach?container=app&stdin=true&stdout=false&stderr=0&tty=False',
    ['attach', app, { ...none, stdin: true }],
  ],
  [
    'web/attach?container=other&stdout=true',
    ['attach', { ...app, container: 'other' }, { ...none, stdout: true }],
  ],
])('%s', async (target, expected) => {
  expect((await upgrade(target)).asked).toEqual([expected]);
});

test('ports of a pod, which the connection names itself', async () => {
  const { asked } = await upgrade('web/portforward', { 'x-stream-protocol-version': 'portforward.k8s.io' });
  expect(asked).toEqual([['portForward', 'uid-web']]);
});

test.each([
  ['web/portforward', 'query parameter "ports" is required'],
  ['web/portforward?ports=80,web', 'unable to parse "web" as a port'],
  ['web/portforward?ports=80&ports=0', 'unable to parse "0" as a port'],
  ['web/portforward?ports=65536', 'unable to parse "65536" as a port'],
  [`web/portforward?ports=${'80,'.repeat(128)}80`, 'at most 128 ports can be forwarded at once'],
  ['web/portforward?ports=80,443&ports=65535', 'Internal error occurred: asked'],
])('%s over a WebSocket of channels', async (target, message) => {
  const webSocket = { upgrade: 'websocket', 'sec-websocket-protocol': V4 };
  expect((await upgrade(target, webSocket)).answer).toMatchObject({ message });
});

test.each([
  ['none/exec?command=ls&stdout=true', 404, 'NotFound', 'pods "none" not found'],
  ['none/attach?stdout=true', 404, 'NotFound', 'pods "none" not found'],
  ['none/portforward', 404, 'NotFound', 'pods "none" not found'],
  [
    'web/exec?command=ls&stdout=true',
    400,
    'BadRequest',
    'a container name must be specified for pod web, choose one of: [app other]',
  ],
  [
    'done/exec?container=app&command=ls&stdout=true',
    400,
    'BadRequest',
    'cannot exec into a container in a completed pod; current phase is Succeeded',
  ],
  [
    'done/attach?container=app&stdout=true',
    400,
    'BadRequest',
    'cannot attach a container in a completed pod; current phase is Succeeded',
  ],
  [
    'web/exec?container=app&command=ls',
    400,
    'BadRequest',
    'you must specify at least 1 of stdin, stdout, stderr',
  ],
  [
    'web/exec?container=app&stdout=true',
    400,
    'BadRequest',
    'you must specify at least one command for the container',
  ],
])('%s is refused: %i', async (target, code, reason, message) => {
  const { asked, answer } = await upgrade(target);
  expect({ asked, answer }).toEqual({ asked: [], answer: { code, reason, message } });
});

test.each(['exec', 'attach', 'portforward'])('%s without another protocol', async (name) => {
  for (const method of ['GET', 'POST']) {
    const answer = await ask(bench().routes, `${PODS}/web/${name}?container=app&stdout=true`, { method });
    expect(answer.status).toBe(400);
    expect(JSON.parse(await bodyText(answer))).toMatchObject({ message: 'Upgrade request required' });
  }
});
