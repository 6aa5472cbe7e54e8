import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { TinyletError } from '../../../src/base/index.ts';
import { imagePod } from '../../../src/cli/image-pod.ts';
import type { ClientRequest, NodeClient } from '../../../src/client/index.ts';
import { type Outcome, tinylet, type World } from './fake-program.ts';

/** A daemon that answers texts by path; 404 for everything else. */
class TextClient implements NodeClient {
  readonly socketPath = '/run/t.sock';
  readonly asked: ClientRequest[] = [];
  readonly #answers: Readonly<Record<string, string | [status: number, body: string]>>;

  constructor(answers: Readonly<Record<string, string | [status: number, body: string]>>) {
    this.#answers = { '/livez': 'ok', ...answers };
  }

  get paths(): readonly string[] {
    return this.asked.map(({ path }) => path).filter((path) => path !== '/livez');
  }

  async send(request: ClientRequest): ReturnType<NodeClient['send']> {
    this.asked.push(request);
    const found = this.#answers[request.path] ?? [
      404,
      '{"reason":"NotFound","message":"pods \\"x\\" not found"}',
    ];
    const [status, body] = typeof found === 'string' ? [200, found] : found;
    return { status, headers: {}, body: Readable.from([Buffer.from(body)]) };
  }
}

const LOG = '/api/v1/namespaces/default/pods/web/log';
const pod = (name: string, ...containers: string[]): object => ({
  metadata: { name, namespace: 'default' },
  spec: { initContainers: [{ name: 'init' }], containers: containers.map((each) => ({ name: each })) },
});

async function ask(
  words: readonly string[],
  answers: ConstructorParameters<typeof TextClient>[0],
  world: World = {},
): Promise<Outcome & { readonly client: TextClient }> {
  const client = new TextClient(answers);
  return { ...(await tinylet(words, { client: () => client, ...world })), client };
}

describe('logs', () => {
  test.each([
    [['logs', 'web'], LOG],
    [['logs', 'pod/web'], LOG],
    [['logs', 'po/web', 'app'], `${LOG}?container=app`],
    [['logs', 'other/web'], '/api/v1/namespaces/other/pods/web/log'],
    [['logs', '-n', 'other', 'web'], '/api/v1/namespaces/other/pods/web/log'],
    [['logs', '-fc', 'app', 'web'], `${LOG}?container=app&follow=true`],
    [['logs', '-p', 'web', '--timestamps'], `${LOG}?previous=true&timestamps=true`],
    [['logs', 'web', '--since', '1500ms', '--tail=3'], `${LOG}?sinceSeconds=2&tailLines=3`],
    [['logs', 'web', '--tail', '-1'], LOG],
    [['logs', 'web', '--since=0s', '--limit-bytes=0'], LOG],
    [
      ['logs', 'web', '--since-time', '2026-01-31T12:00:00Z', '--limit-bytes', '9'],
      `${LOG}?sinceTime=2026-01-31T12%3A00%3A00Z&limitBytes=9`,
    ],
    [['logs', 'web', '--tail', '0'], `${LOG}?tailLines=0`],
  ])('%j asks for %s, and prints it as it is', async (words, path) => {
    const { code, out, client } = await ask(words, { [path]: 'one\n\u001b[31mtwo' });
    expect({ code, out, paths: client.paths }).toEqual({ code: 0, out: 'one\n\u001b[31mtwo', paths: [path] });
  });

  test('of all containers, one after the other', async () => {
    const answers = {
      '/api/v1/namespaces/default/pods/web': JSON.stringify(pod('web', 'a', 'b')),
      [`${LOG}?container=init`]: 'i\n',
      [`${LOG}?container=a`]: '1\n2\n',
      [`${LOG}?container=b`]: '3\n',
    };
    const { out } = await ask(['logs', 'web', '--all-containers', '--prefix'], answers);
    expect(out).toBe('[pod/web/init] i\n[pod/web/a] 1\n[pod/web/a] 2\n[pod/web/b] 3\n');
  });

  test('of pods with labels, the last ten lines of each', async () => {
    const list = { items: [pod('web', 'a'), pod('other', 'b')] };
    const answers = {
      '/api/v1/namespaces/default/pods?labelSelector=app%3Dweb': JSON.stringify(list),
      [`${LOG}?container=a&tailLines=10`]: '1\n',
      [`${LOG.replace('web', 'other')}?container=b&tailLines=10`]: '2\n',
    };
    expect((await ask(['logs', '-l', 'app=web'], answers)).out).toBe('1\n2\n');
    const none = { '/api/v1/namespaces/default/pods?labelSelector=app%3Dweb': '{"items":[]}' };
    expect(await ask(['logs', '-l', 'app=web'], none)).toMatchObject({
      ...{ code: 0, out: '', err: 'No resources found in default namespace.\n' },
    });
  });

  const refused = (message: string): [number, string] => [
    400,
    JSON.stringify({ reason: 'BadRequest', message }),
  ];

  test('where the API does not choose a container, the first one is taken, and that is said', async () => {
    const answers = {
      [LOG]: refused('a container name must be specified for pod web, choose one of: [a b]'),
      [LOG.replace('/log', '')]: JSON.stringify(pod('web', 'a', 'b')),
      [`${LOG}?container=a`]: 'of a\n',
    };
    expect(await ask(['logs', 'web'], answers)).toMatchObject({
      ...{ code: 0, out: 'of a\n', err: 'Defaulted container "a" out of: a, b, init (init)\n' },
    });
  });

  test('what the API refuses is said in its words', async () => {
    const message = 'container "a" in pod "web" is waiting to start: ContainerCreating';
    const answers = {
      [LOG]: refused(message),
      [LOG.replace('/log', '')]: JSON.stringify(pod('web', 'a')),
      [`${LOG}?container=b`]: refused('container b is not valid for pod web'),
    };
    expect(await ask(['logs', 'web'], answers)).toMatchObject({
      ...{ code: 1, out: '', err: `Error from server (BadRequest): ${message}\n` },
    });
    const { err } = await ask(['logs', 'web', '-c', 'b'], answers);
    expect(err).toBe('Error from server (BadRequest): container b is not valid for pod web\n');
  });

  test.each([
    [['logs'], /^tinylet: logs needs a pod/],
    [['logs', 'web', '-l', 'app=web'], /^tinylet: logs needs a pod, or --selector/],
    [['logs', 'web', 'a', '-c', 'b'], /^tinylet: only one of --container or a second word/],
    [['logs', 'web', 'a', '--all-containers'], /exclude each other/],
    [['logs', 'web', '--tail', 'all'], /--tail: "all" is not a number of lines/],
    [['logs', 'web', '--since', 'yesterday'], /--since: "yesterday" is not a duration/],
    [['logs', 'a/b/c'], /is not a pod; write NAME or NAMESPACE\/NAME/],
  ])('%j is refused', async (words, why) => {
    const { code, err, client } = await ask(words, {});
    expect({ code, paths: client.paths }).toEqual({ code: 2, paths: [] });
    expect(err).toMatch(why);
  });
});

describe('exec', () => {
  test.each([
    [['exec'], 'exec needs a pod and a command: tinylet exec POD -- COMMAND'],
    [['exec', '--', 'ls'], 'exec needs a pod and a command: tinylet exec POD -- COMMAND'],
    [['exec', 'web'], 'you must specify at least one command for the container: tinylet exec POD -- COMMAND'],
    [['exec', 'web', '--'], 'you must specify at least one command for the container'],
    [
      ['exec', 'web', 'ls'],
      'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead',
    ],
    [
      ['exec', 'web', 'ls', '--', '-l'],
      'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead',
    ],
  ])('%j is refused', async (words, why) => {
    const { code, err } = await ask(words, {});
    expect({ code, err }).toEqual({ code: 2, err: `tinylet: ${why}\nsee tinylet --help\n` });
  });

  test('without a daemon its code is none of the command', async () => {
    const { code, err } = await ask(['exec', 'web', '--', 'true'], {});
    expect(code).toBe(125);
    expect(err).toMatch(/^tinylet: no daemon answers on \/run\/t\.sock: .*; start a daemon with "tinylet"/);
  });
});

const ids = (...list: string[]): string => JSON.stringify(list.map((Id) => ({ Id })));
const PODS = '/pods?timeout=120000ms';

describe('run FILE', () => {
  test('each file is one request, and its containers are told with its name', async () => {
    const texts = { 'a.yaml': 'a', '-': 's' };
    const { code, out, client } = await ask(['run', 'a.yaml', '-'], { [PODS]: ids('1', '2') }, { texts });
    expect({ code, out }).toEqual({ code: 0, out: 'a.yaml: 1\na.yaml: 2\n1\n2\n' });
    const posts = client.asked.filter(({ path }) => path === PODS);
    expect(posts.map(({ method, body }) => [method, body])).toEqual([
      ['POST', 'a'],
      ['POST', 's'],
    ]);
  });

  test('what is piped in needs no word', async () => {
    const { out } = await ask(
      ['run', '--timeout', '5s'],
      { '/pods?timeout=5000ms': ids('1') },
      { texts: { '-': 's' } },
    );
    expect(out).toBe('1\n');
  });

  test('errors of a manifest stand at their places in the file, a line each', async () => {
    const message = 'body:1:1: containers: Required value\nbody:2:1: \u001b: unknown field';
    const refused = JSON.stringify({ kind: 'Status', reason: 'BadRequest', message });
    const { code, err } = await ask(
      ['run', 'a.yaml'],
      { [PODS]: [400, refused] },
      { texts: { 'a.yaml': 'x' } },
    );
    expect(code).toBe(1);
    expect(err).toBe('a.yaml:1:1: containers: Required value\na.yaml:2:1: \\u001b: unknown field\n');
  });

  test('what fails is told with its file, and the others run', async () => {
    const refusal = JSON.stringify({
      reason: 'ErrImagePull',
      message: 'pod "default/a"\u001b: no such image',
    });
    const { code, out, err } = await ask(
      ['run', 'a.yaml', 'none.yaml'],
      { [PODS]: [502, refusal] },
      { texts: { 'a.yaml': 'a' } },
    );
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(
      'Error from server (ErrImagePull): a.yaml: pod "default/a"\\u001b: no such image\ntinylet: none.yaml cannot be read: there is no such file\n',
    );
  });

  test('without a daemon it is done by a node of its own, which looks after nothing else', async () => {
    let tries = 0;
    const client = new TextClient({ [PODS]: ids('1') });
    const send = client.send.bind(client);
    client.send = async (request) => {
      tries += 1;
      if (tries === 1) throw new TinyletError('DAEMON_UNREACHABLE', 'no daemon answers');
      return send(request);
    };
    const env = {
      TINYLET_MANIFESTS: '/etc/m',
      TINYLET_API_ADDR: '0.0.0.0:1',
      TINYLET_REGISTRY_AUTH: '/auth',
    };
    const { out, called } = await tinylet(['run', 'a.yaml', '--root-dir', '/r'], {
      ...{ client: () => client, env, texts: { 'a.yaml': 'a' } },
    });
    expect(out).toBe('a.yaml: 1\n');
    expect(called).toMatchObject([
      {
        what: 'withOwnNode',
        options: { rootDir: '/r', manifestDirs: [], adopt: false, logLevel: 'warn', registryAuth: '/auth' },
      },
    ]);
    const [call] = called;
    if (call?.what !== 'withOwnNode') throw new Error('no node was made');
    const others = [
      'urlSource',
      'apiAddress',
      'readOnlyPort',
      'insecureHttpAddress',
      'imageGc',
      'terminatedPodRetentionMs',
      'shutdownPods',
    ];
    expect(Object.keys(call.options).filter((name) => others.includes(name))).toEqual([]);
  });

  test.each([
    [
      ['run'],
      { terminal: true },
      'run needs a file or an image: tinylet run FILE, tinylet run --image IMAGE',
    ],
    [['run', 'a.yaml', '--rm'], {}, '--rm means nothing without --image'],
    [['run', '-it', 'a.yaml'], {}, '--stdin means nothing without --image'],
    [['run', '-n', 'x', 'a.yaml'], {}, '--namespace means nothing without --image'],
  ])('%j is refused', async (words, world, why) => {
    const { code, err, client } = await ask(words, {}, world);
    expect({ code, err, asked: client.asked }).toEqual({
      code: 2,
      err: `tinylet: ${why}\nsee tinylet --help\n`,
      asked: [],
    });
  });
});

describe('run --image', () => {
  const MADE = '/api/v1/namespaces/default/pods';

  test.each([
    [['run', '--image', 'b'], { metadata: { generateName: 'run-', namespace: 'default' } }],
    [['run', 'web', '--image=b'], { metadata: { name: 'web' } }],
    [
      ['run', '--name', 'web', '--image=b', '--rm'],
      { metadata: { name: 'web', annotations: { 'tinylet.dev/one-shot': 'client' } } },
    ],
    [
      ['run', '--image', 'b', '--', 'echo', '-n'],
      { spec: { restartPolicy: 'Never', containers: [{ image: 'b', args: ['echo', '-n'] }] } },
    ],
    [['run', '--image', 'b', '--command', '--', 'sh'], { spec: { containers: [{ command: ['sh'] }] } }],
    [['run', '-i', '--image', 'b'], { spec: { containers: [{ stdin: true, stdinOnce: true }] } }],
    [
      ['run', '--image', 'b', '-e', 'A=1=2', '-e', 'B', '-e', 'C', '--env', 'D='],
      {
        spec: {
          containers: [
            {
              env: [
                { name: 'A', value: '1=2' },
                { name: 'B', value: 'b' },
                { name: 'D', value: '' },
              ],
            },
          ],
        },
      },
    ],
  ])('%j makes a pod', async (words, expected) => {
    const message = 'quota';
    const answers = { [MADE]: [403, JSON.stringify({ reason: 'Forbidden', message })] as [number, string] };
    const { code, err, client } = await ask(words, answers, { env: { B: 'b' } });
    const posted = client.asked.find(({ method }) => method === 'POST');
    expect(JSON.parse(String(posted?.body))).toMatchObject(expected);
    expect({ code, err }).toEqual({ code: 125, err: `Error from server (Forbidden): ${message}\n` });
  });

  test('what is not asked for is not there', () => {
    const pod = imagePod({
      ...{ image: 'b', words: [], isCommand: false, env: [], name: 'x', namespace: 'default' },
      ...{ stdin: false, tty: false, remove: false, timeoutMs: 1 },
    });
    expect(pod).toEqual({
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: 'default' } },
      spec: {
        ...{ restartPolicy: 'Never', terminationGracePeriodSeconds: 10 },
        containers: [{ name: 'run', image: 'b' }],
      },
    });
  });

  test.each([
    [
      ['run', '--image', 'b', 'echo', 'hi'],
      'write what the container is to run behind --: tinylet run --image IMAGE -- echo hi',
    ],
    [['run', '--image', 'b', '--command'], '--command needs a program behind --'],
    [
      ['run', '--image', 'b', 'web.yaml'],
      '"web.yaml" is a file, which does not go with --image; a pod of that name is asked for with --name',
    ],
    [['run', '--image', 'b', '-e', '=x'], '--env: "=x" is no variable; write NAME=VALUE or NAME'],
  ])('%j is refused', async (words, why) => {
    const { code, err, client } = await ask(words, {});
    expect({ code, err, asked: client.asked }).toEqual({
      code: 2,
      err: `tinylet: ${why}\nsee tinylet --help\n`,
      asked: [],
    });
  });
});
