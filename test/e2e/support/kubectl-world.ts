import { join } from 'node:path';
import { expect, type TestContext } from 'vitest';
import { Kubectl, type KubectlResult, type KubectlSuite, type KubectlWishes } from '../../support/kubectl.ts';
import type { Daemon } from './daemon.ts';
import { eventually } from './eventually.ts';
import { plainText } from './plain-text.ts';
import { onContainerd, type World } from './world.ts';

type Body = (context: TestContext, suite: KubectlSuite) => Promise<void>;

/** A test with Debian's newest kubectl; in the full suites with 1.32, too. */
export function withKubectl(title: string, body: Body): void {
  const suites: readonly KubectlSuite[] =
    process.env.TINYLET_FULL === '1' ? ['unstable', 'trixie'] : ['unstable'];
  for (const suite of suites)
    onContainerd(`${title} (kubectl of ${suite})`, (context) => body(context, suite));
}

/** A daemon with its API on a port of its own, and the kubectl of a user who has its kubeconfig. */
export class KubectlWorld {
  readonly daemon: Daemon;
  readonly kubectl: Kubectl;

  readonly #suite: KubectlSuite;

  private constructor(daemon: Daemon, kubectl: Kubectl, suite: KubectlSuite) {
    this.daemon = daemon;
    this.kubectl = kubectl;
    this.#suite = suite;
  }

  static async of(world: World, context: TestContext, suite: KubectlSuite): Promise<KubectlWorld> {
    const args = ['--interval', '500ms', '--api-addr', '127.0.0.1:0', '--node-name', 'box'];
    const daemon = await world.daemon(context, { args });
    const kubeconfig = join(daemon.rootDir, 'kubeconfig');
    const kubectl = await Kubectl.of(suite, { kubeconfig, home: join(daemon.base, 'home') });
    return new KubectlWorld(daemon, kubectl, suite);
  }

  /** Starts the daemon and waits until kubectl gets an answer. */
  async start(): Promise<void> {
    await this.daemon.start();
    await eventually(async () => {
      expect((await this.kubectl.run(['get', '--raw', '/readyz'])).stdout).toBe('ok');
    });
  }

  /** In the daemon's own namespace, unless `args` say another. */
  run(line: string | readonly string[], wishes?: KubectlWishes): Promise<KubectlResult> {
    const args = typeof line === 'string' ? line.split(' ') : line;
    const named = args.some((word) => word === '-n' || word === '-A' || word.startsWith('--namespace'));
    return this.kubectl.run(named ? args : ['-n', this.daemon.namespace, ...args], wishes);
  }

  /** What it printed; fails where it failed. */
  async out(line: string | readonly string[], wishes?: KubectlWishes): Promise<string> {
    const { code, stdout, stderr } = await this.run(line, wishes);
    expect({ line, code, stderr }).toMatchObject({ code: 0 });
    return stdout;
  }

  /** All that a user sees of it, with what differs from run to run replaced by what it is. */
  async seen(line: string | readonly string[], wishes?: KubectlWishes): Promise<string> {
    const { code, stdout, stderr } = await this.run(line, wishes);
    const shown = typeof line === 'string' ? line : line.join(' ');
    const parts = [`$ kubectl ${shown}\n`, stdout, stderr && `--- stderr\n${stderr}`, `--- exit ${code}\n`];
    return plainText(parts.join(''), { [this.daemon.namespace]: 'NAMESPACE', [this.daemon.base]: '/BASE' });
  }

  /** Compares what a user sees with `golden/<suite>/<name>.txt`. */
  async golden(name: string, line: string | readonly string[], wishes?: KubectlWishes): Promise<void> {
    const file = `../kubectl/golden/${this.#suite}/${name}.txt`;
    await expect(await this.seen(line, wishes)).toMatchFileSnapshot(file);
  }
}
