import { EventEmitter, once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { expect, type TestContext } from 'vitest';
import { stringify } from 'yaml';
import { sleep, systemClock } from '../../src/base/index.ts';
import { startRegistry } from '../support/registry.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { HTTP_IMAGE } from './support/manifests.ts';
import { besideOthers, useContainerd } from './support/world.ts';

/** Killed in every phase: nothing but a hook in flight is repeated, nothing is skipped, the grace that remained remains. */

const world = useContainerd('life-crash');

const note = (line: string): string => `echo ${line} >> /journal/lines`;
const sh = (...steps: readonly string[]): readonly string[] => ['/bin/sh', '-c', steps.join('; ')];

class Stage {
  readonly daemon: Daemon;
  readonly #directory: string;

  constructor(daemon: Daemon) {
    this.daemon = daemon;
    this.#directory = join(daemon.base, 'journal');
  }

  async lines(): Promise<readonly string[]> {
    const text = await readFile(join(this.#directory, 'lines'), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  said(line: string): Promise<void> {
    return eventually(async () => expect(await this.lines()).toContain(line));
  }

  /** Waits until the runtime calls just this container running: a start that is cut off may come to nothing. */
  runs(name: string): Promise<void> {
    return eventually(async () => {
      const { containers } = await world.objects(this.daemon.namespace);
      expect(containers).toMatchObject([{ name, state: 'running' }]);
    });
  }

  async begin(spec: object): Promise<void> {
    await mkdir(this.#directory);
    await this.daemon.start();
    await this.daemon.write('p.yaml', stringify(this.#pod(spec)));
  }

  #pod(spec: object): object {
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: this.daemon.namespace },
      spec: { ...spec, volumes: [{ name: 'journal', hostPath: { path: this.#directory } }] },
    };
  }

  /** Kills the daemon, waits a moment, and starts it again. */
  async crash(awayMs = 0): Promise<void> {
    await this.daemon.end('SIGKILL');
    await sleep(systemClock, awayMs);
    await this.daemon.start();
  }

  gone(): Promise<void> {
    return eventually(async () => {
      expect((await world.objects(this.daemon.namespace)).sandboxes).toEqual([]);
      expect((await this.daemon.status()).pods).toEqual([]);
    });
  }
}

const container = (name: string, command: readonly string[], more: object = {}) => ({
  ...{ name, image: HTTP_IMAGE, command, volumeMounts: [{ name: 'journal', mountPath: '/journal' }] },
  ...more,
});
const forEver = (name: string, ...before: readonly string[]) =>
  sh(
    ...before,
    `trap 'echo ${name} TERM >> /journal/lines; exit 0' TERM`,
    note(`${name} runs`),
    'while :; do sleep 0.1; done',
  );

besideOthers('killed while an init container runs', async (context) => {
  const stage = new Stage(await world.daemon(context));
  await stage.begin({
    terminationGracePeriodSeconds: 2,
    initContainers: [
      container('first', sh(note('first begins'), 'sleep 8', note('first ends'))),
      container('second', sh(note('second'))),
    ],
    containers: [container('app', forEver('app'))],
  });
  await stage.said('first begins');
  await stage.runs('first');
  await stage.crash();
  await stage.said('app runs');
  expect(await stage.lines()).toEqual(['first begins', 'first ends', 'second', 'app runs']);
});

besideOthers(
  'killed while a postStart hook runs: it runs once more, and nothing else does',
  async (context) => {
    const stage = new Stage(await world.daemon(context));
    const hook = { exec: { command: sh(note('hook begins'), 'sleep 8', note('hook ends')) } };
    await stage.begin({
      terminationGracePeriodSeconds: 2,
      containers: [
        container('app', forEver('app'), { lifecycle: { postStart: hook } }),
        container('late', forEver('late')),
      ],
    });
    await stage.said('hook begins');
    await stage.crash();
    await stage.said('late runs');
    const lines = await stage.lines();
    expect(lines.filter((line) => line === 'app runs')).toHaveLength(1);
    expect(lines.filter((line) => line === 'hook begins')).toHaveLength(2);
    expect(lines.indexOf('hook ends')).toBeLessThan(lines.indexOf('late runs'));
  },
);

besideOthers(
  'killed while a preStop hook runs: it runs once more, then the signal follows',
  async (context) => {
    const stage = new Stage(await world.daemon(context));
    const hook = { exec: { command: sh(note('hook begins'), 'sleep 8', note('hook ends')) } };
    await stage.begin({
      terminationGracePeriodSeconds: 60,
      containers: [container('app', forEver('app'), { lifecycle: { preStop: hook } })],
    });
    await stage.said('app runs');
    await stage.daemon.remove('p.yaml');
    await stage.said('hook begins');
    await stage.crash();
    await stage.gone();
    const lines = await stage.lines();
    expect(lines.filter((line) => line === 'hook begins')).toHaveLength(2);
    expect(lines.filter((line) => line === 'app TERM')).toHaveLength(1);
    expect(lines.at(-1)).toBe('app TERM');
    expect(lines.indexOf('hook ends')).toBeLessThan(lines.indexOf('app TERM'));
  },
);

besideOthers('killed once a preStop hook is over: it is not run again', async (context) => {
  const stage = new Stage(await world.daemon(context));
  const deaf = sh(
    `trap 'echo app TERM >> /journal/lines' TERM`,
    note('app runs'),
    'while :; do sleep 0.1; done',
  );
  await stage.begin({
    terminationGracePeriodSeconds: 8,
    containers: [container('app', deaf, { lifecycle: { preStop: { exec: { command: sh(note('hook')) } } } })],
  });
  await stage.said('app runs');
  const beginMs = systemClock.monotonicMs();
  await stage.daemon.remove('p.yaml');
  await stage.said('app TERM');
  await stage.crash();
  await stage.gone();
  const tookMs = Math.round(systemClock.monotonicMs() - beginMs);
  expect(tookMs, 'the grace period is given').toBeGreaterThanOrEqual(7_500);
  context.annotate(`gone after ${tookMs} ms of a grace period of 8000 ms`);
  const lines = await stage.lines();
  expect(lines.filter((line) => line === 'hook')).toHaveLength(1);
  expect(lines.filter((line) => line === 'app TERM')).toHaveLength(1);
});

besideOthers(
  'away longer than the grace period: what ignores its signal is ended at once',
  async (context) => {
    const stage = new Stage(await world.daemon(context));
    const deaf = sh(`trap '' TERM`, note('app runs'), 'while :; do sleep 0.1; done');
    await stage.begin({ terminationGracePeriodSeconds: 5, containers: [container('app', deaf)] });
    await stage.said('app runs');
    await stage.daemon.remove('p.yaml');
    await eventually(async () =>
      expect(stage.daemon.log.some(({ action }) => action === 'begin-stop')).toBe(true),
    );
    await stage.crash(6_000);
    const backMs = systemClock.monotonicMs();
    await stage.gone();
    context.annotate(`gone ${Math.round(systemClock.monotonicMs() - backMs)} ms after the daemon came back`);
  },
);

besideOthers(
  'killed while an image is pulled: it is pulled after all, and the pod starts once',
  async (context) => {
    const stage = new Stage(await world.daemon(context));
    const registry = await startRegistry();
    context.onTestFinished(() => registry.stop());
    const archive = join(world.runtime.rootDir, 'images/http.tar');
    await registry.push({ archive }, 'team/slow:1');
    const slow = await slowly(registry.host, context);
    await stage.begin({
      terminationGracePeriodSeconds: 2,
      containers: [{ ...container('app', forEver('app')), image: `${slow.host}/team/slow:1` }],
    });
    await eventually(() => expect(slow.asked()).toBeGreaterThan(0));
    await stage.crash();
    slow.letGo();
    await stage.said('app runs');
    const { containers } = await world.objects(stage.daemon.namespace);
    expect(containers.map(({ attempt }) => attempt)).toEqual([0]);
  },
);

/** A registry that tells nothing of its images until it is let go. */
async function slowly(
  behind: string,
  context: TestContext,
): Promise<{ readonly host: string; asked(): number; letGo(): void }> {
  const gate = new EventEmitter();
  let isOpen = false;
  let asked = 0;
  const server = createServer(async (incoming, answer) => {
    if (incoming.url?.includes('/manifests/') === true) {
      asked += 1;
      if (!isOpen) await once(gate, 'open');
    }
    const { url, method, headers } = incoming;
    const [host = '', port] = behind.split(':');
    const onward = request(
      { host, port, path: url, method, headers: { ...headers, host: behind } },
      (found) => {
        answer.writeHead(found.statusCode ?? 500, found.headers);
        found.pipe(answer);
      },
    );
    onward.on('error', () => answer.destroy());
    answer.on('error', () => onward.destroy());
    onward.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.onTestFinished(() => void server.closeAllConnections());
  context.onTestFinished(() => void server.close());
  const letGo = (): void => {
    isOpen = true;
    gate.emit('open');
  };
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { host: `127.0.0.1:${port}`, asked: () => asked, letGo };
}
