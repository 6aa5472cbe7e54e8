import { expect, test } from 'vitest';
import { kubeletAttachRoutes } from '../../../src/api/routes/kubelet-attach-route.ts';
import { kubeletExecRoutes } from '../../../src/api/routes/kubelet-exec-route.ts';
import { kubeletPortForwardRoutes } from '../../../src/api/routes/kubelet-port-forward-route.ts';
import type { JsonObject } from '../../../src/base/index.ts';
import { ask, bodyText } from './ask.ts';
import { podObjects } from './pod-objects.ts';
import { askUpgrade, refusingStreams, V4 } from './stream-stage.ts';

const web: JsonObject = {
  metadata: { name: 'web', namespace: 'default', uid: 'uid-web' },
  spec: {
    containers: [{ name: 'app' }, { name: 'term', tty: true }],
    initContainers: [{ name: 'init' }],
    ephemeralContainers: [{ name: 'debug' }],
  },
  status: { phase: 'Running' },
};

/** Routes over a runtime that refuses everything, and what it was asked for. */
function bench() {
  const { asked, streams } = refusingStreams();
  const ports = { objects: podObjects(web), streams };
  const routes = [
    ...kubeletExecRoutes(ports),
    ...kubeletAttachRoutes(ports),
    ...kubeletPortForwardRoutes(ports),
  ];
  return { asked, routes };
}

async function upgrade(target: string, headers: Record<string, string> = {}) {
  const { asked, routes } = bench();
  const answer = await askUpgrade(routes, target, headers);
  if (answer === undefined) throw new Error('nothing was refused');
  const type = answer.headers['content-type'];
  return { asked, answer: { status: answer.status, type, text: await bodyText(answer) } };
}

const app = { podUid: 'uid-web', container: 'app' };
const none = { stdin: false, stdout: false, stderr: false, tty: false };

test.each([
  [
    '/exec/default/web/app?command=ls&command=-l&output=1&error=1',
    ['exec', app, { ...none, stdout: true, stderr: true, command: ['ls', '-l'] }],
  ],
  [
    '/exec/default/web/uid-web/app?command=sh&input=true&output=1&error=true&tty=1',
    ['exec', app, { ...none, stdin: true, stdout: true, tty: true, command: ['sh'] }],
  ],
  [
    '/exec/default/web/init?command=ls&output=1&input=yes&stdin=1&error=',
    ['exec', { ...app, container: 'init' }, { ...none, stdout: true, command: ['ls'] }],
  ],
  ['/attach/default/web/debug?input=1', ['attach', { ...app, container: 'debug' }, { ...none, stdin: true }]],
  [
    '/attach/default/web/uid-web/term?output=1&error=1&tty=0',
    ['attach', { ...app, container: 'term' }, { ...none, stdout: true, tty: true }],
  ],
  [
    '/attach/default/web/app?output=1&error=1&tty=1',
    ['attach', app, { ...none, stdout: true, stderr: true }],
  ],
])('%s', async (target, expected) => {
  expect((await upgrade(target)).asked).toEqual([expected]);
});

test.each(['/portForward/default/web', '/portForward/default/web/uid-web'])('%s', async (target) => {
  const { asked } = await upgrade(target, { 'x-stream-protocol-version': 'portforward.k8s.io' });
  expect(asked).toEqual([['portForward', 'uid-web']]);
});

test.each([
  ['', 400, 'query parameter "port" is required'],
  ['?ports=80', 400, 'query parameter "port" is required'],
  ['?port=80,web', 400, 'unable to parse "web" as a port'],
  ['?port=80&port=0', 400, 'unable to parse "0" as a port'],
  ['?port=80,443&port=65535', 500, 'Internal error occurred: asked'],
])('ports %s over a WebSocket of channels', async (query, status, text) => {
  const webSocket = { upgrade: 'websocket', 'sec-websocket-protocol': V4 };
  const { answer } = await upgrade(`/portForward/default/web${query}`, webSocket);
  expect(answer).toMatchObject({ status, text: `${text}\n` });
});

const refused: [string, number, string][] = [
  ['/exec/default/web/app?command=ls', 400, 'you must specify at least 1 of stdin, stdout, stderr'],
  ['/exec/default/web/app?output=1', 400, 'you must specify at least one command for the container'],
  ['/exec/default/none/app?command=ls&output=1', 404, 'pod does not exist'],
  ['/exec/default/web/db?command=ls&output=1', 404, 'container not found ("db")'],
  ['/exec/default/web/uid-of-another/app?command=ls&output=1', 404, 'pod not found'],
  ['/attach/default/none/app?output=1', 404, 'pod does not exist'],
  ['/attach/default/web/db?output=1', 404, 'container not found ("db")'],
  ['/attach/default/web/uid-of-another/app?output=1', 404, 'pod not found'],
  ['/attach/default/web/term?error=1', 400, 'you must specify at least 1 of stdin, stdout, stderr'],
  ['/portForward/default/none', 404, 'pod does not exist'],
  ['/portForward/default/web/uid-of-another', 404, 'pod not found'],
];

test.each(refused)('%s is refused with %i, in plain words', async (target, status, text) => {
  const { asked, answer } = await upgrade(target);
  const plain = { status, type: 'text/plain; charset=utf-8', text: `${text}\n` };
  expect({ asked, answer }).toEqual({ asked: [], answer: plain });
  const { routes } = bench();
  expect(await bodyText(await ask(routes, target))).toBe(`${text}\n`);
});

test.each([
  '/exec/default/web/app?command=ls&output=1',
  '/attach/default/web/app?output=1',
  '/portForward/default/web',
])('%s without another protocol', async (target) => {
  for (const method of ['GET', 'POST']) {
    const answer = await ask(bench().routes, target, { method });
    expect(answer.status).toBe(400);
    expect(await bodyText(answer)).toBe('Upgrade request required\n');
  }
});
