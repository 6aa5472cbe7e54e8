import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { identifyProcess, silentLogger, systemClock } from '../../../src/base/index.ts';
import { type Cri, connectCri } from '../../../src/cri/index.ts';
import { createPodCgroups } from '../../../src/host/index.ts';
import {
  asPodUid,
  label,
  type ObservedContainer,
  type ObservedSandbox,
  type PodUid,
} from '../../../src/pod/index.ts';
import { stopPrivateContainerd } from '../../../src/standalone/index.ts';
import { layoutOf } from '../../../src/standalone/layout.ts';
import { removeUnmounted, unmountUnder } from '../../../src/standalone/mounts.ts';
import {
  type RealRuntime,
  type RealRuntimeOptions,
  realRuntimeUnavailable,
  startRealRuntime,
} from '../../support/real-runtime.ts';
import { Daemon } from './daemon.ts';
import { PATIENCE_MS } from './eventually.ts';

const unavailable = realRuntimeUnavailable();
if (unavailable !== undefined) process.stderr.write(`not tried on a real containerd: ${unavailable}\n`);

/** Pods that were there when their daemon was killed: nobody takes their cgroups away once nothing runs in these. */
const orphans = new Set<PodUid>();

// Of all hooks of a test file this is the first to be registered, and so the last to be called.
afterAll(async () => {
  const cgroups = createPodCgroups({ clock: systemClock, logger: silentLogger });
  for (const uid of orphans) await cgroups.remove(uid);
});

/** Longer than any wait inside: what fails says what it waited for. */
export const TEST_TIMEOUT_MS = 3 * PATIENCE_MS;
const LOG_SHOWN_BYTES = 20_000;

type Body = (context: TestContext) => Promise<void>;

/** A test on a real containerd. Where there is none it is skipped, and the reason is told above. What is much may take longer. */
export function onContainerd(title: string, body: Body, timeout: number = TEST_TIMEOUT_MS): void {
  test.skipIf(unavailable !== undefined)(title, { timeout }, body);
}

/** The same, at one time with its neighbours in the file: most of it is waiting. */
export function besideOthers(title: string, body: Body, timeout: number = TEST_TIMEOUT_MS): void {
  test.skipIf(unavailable !== undefined)(title, { timeout, concurrent: true }, body);
}

/** What the runtime itself says, whoever made it. */
export interface Objects {
  readonly sandboxes: readonly ObservedSandbox[];
  readonly containers: readonly ObservedContainer[];
}

/** One containerd for all tests of a file. Each of their daemons keeps to a namespace of its own. */
export class World {
  #runtime: RealRuntime | undefined;
  #cri: (Cri & { close(): void }) | undefined;
  #daemons = 0;

  get runtime(): RealRuntime {
    if (this.#runtime === undefined) throw new Error('no containerd runs yet');
    return this.#runtime;
  }

  get cri(): Cri {
    if (this.#cri === undefined) throw new Error('no containerd runs yet');
    return this.#cri;
  }

  get socket(): string {
    return this.runtime.endpoint.replace('unix://', '');
  }

  async open(options: RealRuntimeOptions): Promise<void> {
    this.#runtime = await startRealRuntime(options);
    this.#cri = connectCri({ endpoint: this.#runtime.endpoint, clock: systemClock });
  }

  async close(): Promise<void> {
    this.#cri?.close();
    await this.#runtime?.stop();
  }

  /** A daemon that is not started yet, with these manifests. It ends with the test. */
  async daemon(context: TestContext, given: DaemonWishes = {}): Promise<Daemon> {
    this.#daemons += 1;
    const daemon = await newDaemon(context, {
      ...(given.runtimeLater !== true && { socket: this.socket }),
      namespace: given.namespace ?? `e2e-${this.#daemons}`,
      args: given.args ?? ['--interval', '500ms'],
      ...(given.env && { env: given.env }),
    });
    context.onTestFailed(async () => {
      process.stderr.write(await this.#complaints());
    });
    return daemon;
  }

  /** Everything of a namespace, or of one pod in it. */
  async objects(namespace: string, pod?: string): Promise<Objects> {
    const labels = { [label.podNamespace]: namespace, ...(pod !== undefined && { [label.podName]: pod }) };
    const [sandboxes, containers] = await Promise.all([
      this.cri.listSandboxes({ labels }),
      this.cri.listContainers({ labels }),
    ]);
    // The runtime lists in any order.
    return { sandboxes: [...sandboxes].sort(byId), containers: [...containers].sort(byId) };
  }

  /** What containerd's log complains of. */
  async #complaints(): Promise<string> {
    const log = await readFile(layoutOf(this.runtime.rootDir).logFile, 'utf8').catch(() => '');
    const lines = log.split('\n').filter((line) => /level=(error|fatal)/.test(line));
    return `--- complaints of containerd\n${lines.join('\n').slice(-LOG_SHOWN_BYTES)}\n---\n`;
  }

  /** The one sandbox of a pod and its running containers by name; fails where it is not just these. */
  async live(namespace: string, pod: string): Promise<Live> {
    const { sandboxes, containers } = await this.objects(namespace, pod);
    const ready = sandboxes.filter(({ state }) => state === 'ready');
    const running = containers.filter(({ state }) => state === 'running');
    const names = running.map(({ name }) => name);
    expect(ready.length, `ready sandboxes of ${pod}`).toBe(1);
    expect(new Set(names).size, `running containers of ${pod}: ${names}`).toBe(names.length);
    const sandbox = ready[0];
    if (sandbox === undefined) throw new Error(`no sandbox of ${pod}`);
    return { sandbox, containers: Object.fromEntries(running.map((each) => [each.name, each])) };
  }
}

export interface Live {
  readonly sandbox: ObservedSandbox;
  readonly containers: Readonly<Record<string, ObservedContainer>>;
}

export interface DaemonWishes {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly namespace?: string;
  /** Its socket then does not exist yet. */
  readonly runtimeLater?: boolean;
}

/** Starts a containerd before the tests of a file and takes all of it away after them. */
export function useContainerd(name: string, options: Omit<RealRuntimeOptions, 'name'> = {}): World {
  const world = new World();
  if (unavailable === undefined) {
    beforeAll(() => world.open({ name, ...options }), TEST_TIMEOUT_MS);
    afterAll(() => world.close(), TEST_TIMEOUT_MS);
  }
  return world;
}

/** A daemon in a fresh directory. It is killed when the test ends, and its log is shown when the test failed. */
export async function newDaemon(
  context: TestContext,
  wishes: { socket?: string; namespace: string; args: readonly string[]; env?: NodeJS.ProcessEnv },
): Promise<Daemon> {
  const base = await freshBase();
  const daemon = new Daemon({ base, socket: join(base, 'c.sock'), ...wishes });
  await mkdir(daemon.manifests);
  context.onTestFailed(() => {
    process.stderr.write(`--- log of ${wishes.namespace}\n${daemon.output.slice(-LOG_SHOWN_BYTES)}\n---\n`);
  });
  context.onTestFinished(async () => {
    await daemon.end('SIGKILL');
    const { rootDir } = daemon;
    if (existsSync(layoutOf(rootDir).configFile))
      await stopPrivateContainerd({ rootDir, clock: systemClock, logger: silentLogger });
    await clearAway(base);
  });
  return daemon;
}

/** A directory of a test's own, named like those of test containerds: a later run clears it away if this one is killed. */
export async function freshBase(): Promise<string> {
  const self = await identifyProcess(process.pid);
  return mkdtemp(`/var/tmp/tlt-${process.pid}-${self?.startTicks}-d-`);
}

/** Deletes such a directory with all that is mounted in it, though pods may still run on it. */
export async function clearAway(base: string): Promise<void> {
  const uids = await readdir(join(base, 'root/pods')).catch(() => []);
  for (const uid of uids) orphans.add(asPodUid(uid));
  await unmountUnder([base]);
  await removeUnmounted(base);
}

/** Names of containers with their ids: equal as long as nothing was touched. */
export function idsOf({ sandbox, containers }: Live): Readonly<Record<string, string>> {
  const ids = Object.entries(containers).map(([name, { id }]): [string, string] => [name, id]);
  return { ...Object.fromEntries(ids), sandbox: sandbox.id };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}
