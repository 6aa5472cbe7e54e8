import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';
import { Kubectl, type KubectlResult, type KubectlSuite, type KubectlWishes } from '../../support/kubectl.ts';
import { eventually } from './eventually.ts';
import type { StreamStage } from './stream-stage.ts';

/** How kubectl is to speak: over WebSockets, as it does by default, or over SPDY. */
export type Way = 'WebSockets' | 'SPDY';

const ENV: Readonly<Record<Way, NodeJS.ProcessEnv>> = {
  WebSockets: {},
  SPDY: { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' },
};

export interface Forwarding {
  /** The local port for each that was asked for. */
  readonly ports: readonly number[];
  /** Ends it. Resolves to what it complained of. */
  stop(): Promise<string>;
  /** Resolves to the same when it has ended by itself. */
  ended(): Promise<string>;
}

interface TerminalWishes {
  readonly typed?: string;
  /** A script of the shell that begins it. */
  readonly before?: string;
  /** Told all that was shown so far, whenever there is more. */
  readonly onOutput?: (all: string) => void;
}

/** kubectl at a stage. */
export class KubectlStreams {
  readonly #kubectl: Kubectl;
  readonly #url: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(kubectl: Kubectl, url: string, env: NodeJS.ProcessEnv) {
    this.#kubectl = kubectl;
    this.#url = url;
    this.#env = env;
  }

  static async of({ url, directory }: StreamStage, suite: KubectlSuite, way: Way): Promise<KubectlStreams> {
    const home = `${directory}/home-${suite}`;
    const kubectl = await Kubectl.of(suite, { kubeconfig: `${home}/none`, home });
    return new KubectlStreams(kubectl, url, ENV[way]);
  }

  run(args: readonly string[], wishes: KubectlWishes = {}): Promise<KubectlResult> {
    return this.#kubectl.run(['--server', this.#url, ...args], { ...wishes, env: this.#env });
  }

  /** Runs a script in the pod `idle`. */
  exec(script: string, wishes?: KubectlWishes): Promise<KubectlResult> {
    return this.run(['exec', '-i', 'idle', '--', '/bin/sh', '-c', script], wishes);
  }

  /** On a terminal of 33 lines and 101 columns, where somebody types. */
  async onTerminal(
    args: readonly string[],
    { typed = '', before = '', onOutput }: TerminalWishes = {},
  ): Promise<{ readonly code: number | null; readonly output: string }> {
    const words = ['--server', this.#url, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    const line = `stty rows 33 cols 101; ${before} exec ${this.#kubectl.program} ${words.join(' ')}`;
    const child = spawn('script', ['-qec', line, '/dev/null'], { env: this.#environment() });
    child.stdin.write(typed);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      onOutput?.(output);
    });
    const [code] = await once(child, 'close');
    return { code, output };
  }

  /** Forwards ports of a pod to free local ones. */
  async forward(pod: string, ports: readonly number[]): Promise<Forwarding> {
    const wanted = ports.map((port) => `:${port}`);
    const child = spawn(
      this.#kubectl.program,
      ['--server', this.#url, 'port-forward', '--address', '127.0.0.1', pod, ...wanted],
      { env: this.#environment() },
    );
    const [out, complaints] = [heard(child, 'stdout'), heard(child, 'stderr')];
    const ended = once(child, 'close').then(complaints);
    const found = await eventually(() => {
      const lines = [...out().matchAll(/^Forwarding from 127\.0\.0\.1:(\d+) -> /gm)];
      expect(lines.length, complaints()).toBe(ports.length);
      return lines.map(([, port]) => Number(port));
    });
    return {
      ports: found,
      stop() {
        child.kill();
        return ended;
      },
      ended: () => ended,
    };
  }

  #environment(): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, HOME: '/nonexistent', TERM: 'xterm', SHELL: '/bin/sh', ...this.#env };
  }
}

function heard(child: ChildProcess, name: 'stdout' | 'stderr'): () => string {
  let all = '';
  child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
    all += chunk;
  });
  return () => all;
}
