import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { flat, HTTP_IMAGE, idle, shell, v1 } from './support/manifests.ts';
import { programPath, runTinylet } from './support/program.ts';
import { besideOthers, idsOf, newDaemon, useContainerd } from './support/world.ts';

const world = useContainerd('commands');

besideOthers('--once ends when all has started or finished, and leaves the pods', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [idle('a')] }));
  const job = {
    name: 'job',
    namespace,
    restartPolicy: 'Never' as const,
    containers: [shell('a', 'echo done')],
  };
  await daemon.write('job.yaml', v1(job));
  const done = await once(daemon);
  expect(done.code).toBe(0);
  expect(done.stdout).toMatch(/\bp +1\/1 +Running\b/);
  expect(done.stdout).toMatch(/\bjob +(1\/1 +Running|0\/1 +Completed)\b/);
  const before = idsOf(await world.live(namespace, 'p'));
  await eventually(async () => {
    const { code, stdout } = await once(daemon);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\bjob +0\/1 +Completed\b/);
  });
  expect(idsOf(await world.live(namespace, 'p'))).toEqual(before);
});

besideOthers('--once fails where something cannot come right', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace } = daemon;
  await daemon.write('bad.yaml', flat({ name: 'bad', namespace, containers: [shell('a', 'exit 7')] }));
  // Each start of the container may be seen running; from the second exit on it waits.
  await eventually(async () => {
    const { code, stdout } = await once(daemon);
    expect(code).toBe(1);
    expect(stdout).toContain('CrashLoopBackOff');
  });
  const absent = { ...idle('a'), image: 'registry.invalid/none:1' };
  await daemon.write('bad.yaml', flat({ name: 'bad', namespace, containers: [absent] }));
  const unpulled = await once(daemon);
  expect(unpulled.code).toBe(1);
  expect(unpulled.stdout).toMatch(/ErrImagePull|ImagePullBackOff/);
  await daemon.write('bad.yaml', 'name: [\n');
  expect((await once(daemon)).code).toBe(1);
});

besideOthers('--once gives up when its time is over', async (context) => {
  const daemon = await world.daemon(context, { runtimeLater: true });
  await daemon.write('p.yaml', flat({ name: 'p', namespace: daemon.namespace, containers: [idle('a')] }));
  const result = await once(daemon, '--timeout', '1s');
  expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('within 1 s') });
});

besideOthers('--dry-run prints the plan and touches nothing', async (context) => {
  const daemon = await world.daemon(context);
  const { namespace, base } = daemon;
  const dryRun = () =>
    runTinylet([
      '--dry-run',
      '--manifests',
      daemon.manifests,
      ...daemon.place,
      '--api-socket',
      daemon.apiSocket,
    ]);
  await daemon.write('p.yaml', flat({ name: 'p', namespace, containers: [idle('a', 'one')] }));
  const first = await dryRun();
  expect(first).toMatchObject({ code: 0 });
  const planned: { pods: { pod: string; wanted: string; actions: { type: string }[] }[] } = JSON.parse(
    first.stdout,
  );
  expect(planned.pods).toMatchObject([{ pod: `${namespace}/p`, wanted: 'run' }]);
  expect(planned.pods[0]?.actions.map(({ type }) => type)).toContain('run-sandbox');
  expect(await readdir(base)).toEqual(['manifests']);
  expect(await world.objects(namespace)).toEqual({ sandboxes: [], containers: [] });

  await daemon.start();
  await daemon.running('p');
  await daemon.end();
  const before = await world.objects(namespace);
  expect(JSON.parse((await dryRun()).stdout)).toMatchObject({ pods: [{ actions: [], waits: [] }] });
  await daemon.remove('p.yaml');
  const removal = JSON.parse((await dryRun()).stdout);
  expect(removal).toMatchObject({ pods: [{ pod: `${namespace}/p`, wanted: 'remove' }] });
  expect(await world.objects(namespace)).toEqual(before);
  await daemon.write('p.yaml', 'name: [\n');
  expect((await dryRun()).code).toBe(1);
});

test('a reader who takes his time gets all that is printed', async () => {
  const slowly = '"$0" "$@" | { sleep 0.3; cat; }';
  const command = [process.execPath, await programPath(), 'support', '--output', 'json'];
  const { stdout } = await promisify(execFile)('sh', ['-c', slowly, ...command]);
  expect(JSON.parse(stdout)).toHaveLength(514);
});

test('a disk that is full is a failure, and a reader who has seen enough is none', async () => {
  const run = (line: string, main: string) =>
    promisify(execFile)('bash', ['-c', line, process.execPath, main]);
  const main = await programPath();
  await expect(run('"$0" "$1" schema >/dev/full', main)).rejects.toMatchObject({ code: 1 });
  await run('set -o pipefail; "$0" "$1" schema | head -1', main);
});

test('wrong flags are a usage error', async () => {
  for (const args of [
    ['--intervall', '2s'],
    ['--interval', 'soon'],
    ['--once', '--dry-run'],
    ['stop'],
    ['start'],
  ]) {
    const { code, stdout, stderr } = await runTinylet(args);
    expect({ code, stdout }, args.join(' ')).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^tinylet: .*\nsee tinylet --help\n$/);
  }
  expect(await runTinylet([], { env: { TINYLET_INTERVAL: 'soon' } })).toMatchObject({ code: 2 });
  expect((await runTinylet(['--intervall', '2s'])).stderr).toContain('did you mean --interval?');
  expect(await runTinylet(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^tinylet \d/),
  });
  expect(await runTinylet(['--help'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('TINYLET_LOG_DIR'),
  });
});

test('validate tells every error with its place, of files and of stdin', async (context) => {
  const daemon = await newDaemon(context, { namespace: 'validate', args: [] });
  const good = v1({ name: 'good', namespace: 'validate', containers: [idle('a')] });
  const bad = `name: Bad\ncontainers:\n  - name: a\n    image: ${HTTP_IMAGE}\n    imgae: x\n`;
  await writeFile(daemon.file('good.yaml'), good);
  await writeFile(daemon.file('bad.yaml'), bad);
  expect(await runTinylet(['validate', daemon.file('good.yaml')])).toMatchObject({ code: 0, stderr: '' });
  expect(await runTinylet(['validate', '-'], { input: good })).toMatchObject({ code: 0 });
  const refused = await runTinylet(['validate', daemon.file('good.yaml'), daemon.file('bad.yaml')]);
  expect(refused.code).toBe(1);
  const [first, ...lines] = refused.stdout.trim().split('\n');
  expect(first).toBe(`${daemon.file('good.yaml')}:1: pod validate/good`);
  expect(lines.every((line) => line.startsWith(`${daemon.file('bad.yaml')}:`))).toBe(true);
  expect(lines.find((line) => line.includes('did you mean'))).toMatch(/:5:5: .*imgae/);
  expect(lines.find((line) => line.includes(':1:'))).toContain('name');
  expect((await runTinylet(['validate', '-'], { input: bad })).code).toBe(1);
});

test('status without a daemon says how to get one', async (context) => {
  const { apiSocket } = await newDaemon(context, { namespace: 'none', args: [] });
  const { code, stderr } = await runTinylet(['status', '--api-socket', apiSocket]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/no daemon answers on .*; start a daemon/);
});

function once({ manifests, place, apiSocket }: Daemon, ...more: readonly string[]) {
  return runTinylet(['--once', '--manifests', manifests, ...place, '--api-socket', apiSocket, ...more]);
}
