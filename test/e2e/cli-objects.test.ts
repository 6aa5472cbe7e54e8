import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { KubectlWorld, withKubectl } from './support/kubectl-world.ts';
import { flat, idle, v1 } from './support/manifests.ts';
import { type Finished, programPath, runTinylet } from './support/program.ts';
import { idsOf, useContainerd } from './support/world.ts';

const world = useContainerd('cli-objects');

withKubectl(
  'what a box without kubectl needs, with the answers that kubectl gives',
  async (context, suite) => {
    const node = await KubectlWorld.of(world, context, suite);
    const { daemon } = node;
    const { namespace } = daemon;
    const cli = new ObjectCli(daemon);
    await daemon.write('filed.yaml', flat({ name: 'filed', namespace, containers: [idle('app')] }));
    await node.start();
    await daemon.running('filed');

    const text = [
      flat({ name: 'web', namespace, labels: { app: 'web' }, containers: [idle('a'), idle('b')] }),
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {on: "yes", text: "a\\n\\tb"}\n',
    ].join('---\n');
    const file = join(daemon.base, 'web.yaml');
    await writeFile(file, text);
    expect(await cli.run('apply', '-f', file, '--dry-run=server')).toEqual(
      told('pod/web created (server dry run)\nconfigmap/settings created (server dry run)\n'),
    );
    expect(await cli.run('apply', '-f', file, '--wait')).toEqual(
      told('pod/web created\nconfigmap/settings created\npod/web condition met\n'),
    );
    expect(await cli.run('apply', '-f', file)).toEqual(
      told('pod/web unchanged\nconfigmap/settings unchanged\n'),
    );
    const one = v1({ name: 'one', namespace, containers: [idle('a')] });
    expect(await cli.fed(one, 'apply', '-f', '-')).toEqual(told('pod/one created\n'));
    expect(await cli.run('wait', 'pod/one', '--for=condition=Ready', '--timeout=60s')).toEqual(
      told('pod/one condition met\n'),
    );

    // A second may pass between the two, and be the tenth.
    for (const words of [
      'get po -A',
      'get pods -o wide',
      'get pods --no-headers -l app=web',
      'get pods,cm --show-labels',
      'get pod web -o yaml',
      'get cm/settings -o yaml',
      'get pod nobody',
      'get secrets',
    ])
      await eventually(async () => {
        const { code, stdout, stderr } = await node.run(words.split(' '));
        const own = await cli.run(...words.split(' '));
        expect({ ...own, stdout: timeless(own.stdout) }).toEqual({ code, stdout: timeless(stdout), stderr });
      });
    const json: unknown = JSON.parse(await node.out('get pods -o json'));
    expect(JSON.parse((await cli.run('get', 'pods', '-o', 'json')).stdout)).toEqual(json);

    const watch = await cli.watching('get', 'pods', '-w', '--no-headers');
    await eventually(() => expect(watch.stdout()).toMatch(/^filed [^\n]*\none [^\n]*\nweb [^\n]*\n/));
    const before = idsOf(await world.live(namespace, 'web'));
    expect(await cli.fed(text.replace('value: ""', 'value: other'), 'apply', '-f', '-')).toEqual(
      told('pod/web configured\nconfigmap/settings unchanged\n'),
    );
    await eventually(async () => {
      const after = idsOf(await world.live(namespace, 'web'));
      expect(after).toMatchObject({ sandbox: before.sandbox, b: before.b });
      expect(after.a).not.toBe(before.a);
    });
    await eventually(() => expect(watch.stdout().match(/^web /gm)?.length).toBeGreaterThan(1));
    watch.end();

    expect(await cli.run('delete', 'pod', 'filed')).toMatchObject({
      code: 1,
      stderr: `Error from server (Forbidden): pods "filed" is forbidden: it is defined by ${daemon.file('filed.yaml')}; edit or delete that file\n`,
    });
    expect(await cli.run('delete', 'pod/web', '--now')).toEqual(
      told(`pod "web" deleted from ${namespace} namespace\n`),
    );
    expect((await world.objects(namespace, 'web')).sandboxes).toEqual([]);
    expect(await cli.fed(`${text}---\n${one}`, 'delete', '-f', '-')).toEqual({
      code: 1,
      stdout: `configmap "settings" deleted from ${namespace} namespace\npod "one" deleted from ${namespace} namespace\n`,
      stderr: 'Error from server (NotFound): pods "web" not found\n',
    });
    expect((await world.objects(namespace, 'one')).sandboxes).toEqual([]);

    const passed = await runTinylet(['kubectl', 'get', 'pods', '-n', namespace, '-o', 'name'], {
      env: {
        PATH: `${dirname(node.kubectl.program)}:${process.env.PATH}`,
        TINYLET_ROOT_DIR: daemon.rootDir,
        HOME: join(daemon.base, 'home'),
      },
    });
    expect(passed).toEqual(told('pod/filed\n'));
  },
);

/** Ages of as many digits. */
function timeless(stdout: string): string {
  return stdout.replace(/\d(?=\d*s\b)/g, '0');
}

function told(stdout: string): Finished {
  return { code: 0, stdout, stderr: '' };
}

/** The commands as a user of that daemon's namespace has them. */
class ObjectCli {
  readonly #env: NodeJS.ProcessEnv;

  constructor({ apiSocket, namespace, rootDir }: Daemon) {
    this.#env = { TINYLET_API_SOCKET: apiSocket, TINYLET_NAMESPACE: namespace, TINYLET_ROOT_DIR: rootDir };
  }

  run(...args: readonly string[]): Promise<Finished> {
    return runTinylet(args, { env: this.#env });
  }

  fed(input: string, ...args: readonly string[]): Promise<Finished> {
    return runTinylet(args, { env: this.#env, input });
  }

  async watching(...args: readonly string[]): Promise<{ stdout(): string; end(): void }> {
    const child = spawn(process.execPath, [await programPath(), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...this.#env },
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    return { stdout: () => stdout, end: () => void child.kill() };
  }
}
