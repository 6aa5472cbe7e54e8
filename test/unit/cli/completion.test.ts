import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { fakeClient } from './fake-client.ts';
import { tinylet } from './fake-program.ts';

const named = (...names: readonly string[]) => ({ items: names.map((name) => ({ metadata: { name } })) });

const NODE = {
  '/api/v1': {
    resources: [
      { name: 'pods', singularName: 'pod', shortNames: ['po'], namespaced: true, kind: 'Pod' },
      { name: 'pods/log', singularName: '', namespaced: true, kind: 'Pod' },
      { name: 'nodes', singularName: 'node', namespaced: false, kind: 'Node' },
      { name: 'namespaces', singularName: 'namespace', namespaced: false, kind: 'Namespace' },
    ],
  },
  '/apis/node.k8s.io/v1': {
    resources: [
      { name: 'runtimeclasses', singularName: 'runtimeclass', namespaced: false, kind: 'RuntimeClass' },
    ],
  },
  '/api/v1/namespaces': named('default', 'tools'),
  '/api/v1/namespaces/default/pods': named('web', 'web-2', 'bad\u001b[31m'),
  '/api/v1/nodes': named('box'),
  '/api/v1/namespaces/default/pods/web': {
    spec: { containers: [{ name: 'app' }], initContainers: [{ name: 'setup' }] },
  },
  '/api/v1/namespaces/tools/pods': named('cache'),
  '/api/v1/pods': {
    items: [{ metadata: { namespace: 'tools', name: 'cache' } }, { metadata: { namespace: 'x', name: 'y' } }],
  },
};

/** The candidates without their explanations. */
async function complete(...words: readonly string[]): Promise<readonly string[]> {
  const { code, out, err } = await tinylet(['__complete', '--', ...words], {
    client: () => fakeClient(NODE),
  });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t')[0] ?? '');
}

describe('what may stand at the cursor', () => {
  test.each<[words: readonly string[], candidates: readonly string[]]>([
    [['val'], ['validate']],
    [['__'], []],
    [['help', 'stat'], ['status']],
    [['help', 'status', ''], []],
    [['--root-dir', '/x', 'stat'], ['status']],
    [['frobnicate', ''], []],
    [['status', ''], []],
    [['--log-l'], ['--log-level']],
    [['--vers'], ['--version']],
    [['why', '--na'], ['--namespace']],
    [['why', '-n', 'x', '--na'], []],
    [['--api-name', 'x', '--api-n'], ['--api-name']],
    [
      ['status', '-o', ''],
      ['table', 'json'],
    ],
    [['status', '-o', 'j'], ['json']],
    [['status', '--output', 'j'], ['json']],
    [['status', '--output=j'], ['--output=json']],
    [['status', '--output', '=', 'j'], ['json']],
    [
      ['status', '--output', '='],
      ['table', 'json'],
    ],
    [['status', '--output', '=', 'json', '--ap'], ['--api-socket']],
    [['status', '--frob=j'], []],
    [
      ['--image-gc', ''],
      ['on', 'off'],
    ],
    [['--root-dir', ''], [':files']],
    [['--root-dir=/v'], [':files']],
    [['validate', 'a.yaml', ''], [':files']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['completion', 'bash', ''], []],
    [
      ['why', '-n', ''],
      ['default', 'tools'],
    ],
    [
      ['why', 'w'],
      ['web', 'web-2'],
    ],
    [['why', 'web', ''], []],
    [['why', '-n', 'tools', ''], ['cache']],
    [['why', '--namespace=tools', ''], ['cache']],
    [['why', 'tools/'], ['tools/cache']],
    [['why', '--', ''], []],
    [
      ['logs', 'web', ''],
      ['app', 'setup'],
    ],
    [['logs', 'web', 'app', ''], []],
    [['logs', '-n', 'default', 'web', '-c', 'a'], ['app']],
    [['logs', '-c', ''], []],
    [['get', 'p'], ['pods']],
    [['get', '-Ao', 'w'], ['wide']],
    [['get', 'nodes', ''], ['box']],
    [['get', 'po', 'web', ''], ['web-2']],
    [
      ['get', 'pod/w'],
      ['pod/web', 'pod/web-2'],
    ],
    [
      ['get', 'pod/web', 'pod/w'],
      ['pod/web', 'pod/web-2'],
    ],
    [['get', 'nonsense', ''], []],
    [['apply', '-f', ''], [':files']],
    [['kubectl', 'ge'], []],
    [['support', '-oj', ''], []],
  ])('%j', async (words, candidates) => {
    expect(await complete(...words)).toEqual(candidates);
  });

  test('a name that would write on the terminal is not offered', async () => {
    expect(await complete('why', 'b')).toEqual([]);
  });

  test('with what it is behind a tab', async () => {
    const { out } = await tinylet(['__complete', '--', 'why', '--o']);
    expect(out).toBe('--output\ttable or json\n');
  });
});

describe('a daemon that is of no help', () => {
  test('none is there: nothing, and no complaint', async () => {
    expect(await tinylet(['__complete', '--', 'why', ''])).toEqual({ code: 0, out: '', err: '', called: [] });
  });

  test('it does not answer: nothing, after a second', async () => {
    const clock = new VirtualClock();
    const client = { socketPath: '/run/fake.sock', send: () => new Promise<never>(() => undefined) };
    let out: string | undefined;
    void tinylet(['__complete', '--', 'why', ''], { client: () => client, clock }).then((outcome) => {
      out = outcome.out;
    });
    await clock.advance(999);
    expect(out).toBeUndefined();
    await clock.advance(1);
    expect(out).toBe('');
  });

  test('its answer is nonsense: nothing', async () => {
    const client = fakeClient({ '/api/v1': { resources: 'x' }, '/apis/node.k8s.io/v1': {} });
    const { code, out } = await tinylet(['__complete', '--', 'why', ''], { client: () => client });
    expect({ code, out }).toEqual({ code: 0, out: '' });
  });
});

describe('completion', () => {
  test.each(['bash', 'zsh', 'fish'])('%s has a script that asks for candidates', async (shell) => {
    const { code, out } = await tinylet(['completion', shell]);
    expect(code).toBe(0);
    expect(out).toContain(' __complete -- ');
  });

  test.each([
    [[], 'completion needs the name of a shell: tinylet completion bash|zsh|fish'],
    [['tcsh'], '"tcsh" is not one of bash, zsh, fish'],
  ])('%j is wrong usage', async (operands, line) => {
    const { code, err } = await tinylet(['completion', ...operands]);
    expect({ code, err }).toEqual({ code: 2, err: `tinylet: ${line}\nsee tinylet --help\n` });
  });
});
