import { type Clock, hasCode, type Limiter, sleep } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import { type Container, type ExecAction, expand } from '../pod/index.ts';
import type { ProbeCall, ProbeOutcome } from './pod-probes.ts';
import { timeText } from './time-text.ts';

export interface ExecOptions {
  readonly cri: Pick<Cri, 'execSync'>;
  readonly clock: Clock;
  /** Of all exec probes that begin at once: each is a fork in the runtime. */
  readonly limiter: Limiter;
}

/** What runs longer lets the next one begin: a few commands that hang must not keep all others of the machine from being run. */
const TURN_MS = 1_000;

/** Of stdout and stderr together (kubelet: pkg/probe/exec maxReadLength). */
const MAX_OUTPUT_BYTES = 10 * 1024;

/**
 * Success is exit code 0 (kubelet: pkg/probe/exec). The time it waits for its turn is not its own: only the runtime counts the timeout.
 * Rejects with what kept the command from being run.
 */
export async function runExec(
  options: ExecOptions,
  { call, handler }: { readonly call: ProbeCall; readonly handler: ExecAction },
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const { timeoutSeconds } = call.probe;
  const command = expanded(handler.command, call.container);
  try {
    const { exitCode, stdout, stderr } = await inTurn(options, async () => {
      signal.throwIfAborted();
      return options.cri.execSync(call.id, command, { timeoutSeconds, signal });
    });
    const message = Buffer.concat([stdout, stderr]).toString('utf8', 0, MAX_OUTPUT_BYTES);
    return { result: exitCode === 0 ? 'success' : 'failure', message };
  } catch (error) {
    if (!hasCode(error, 'CRI_DEADLINE')) throw error;
    const text = JSON.stringify(command.join(' '));
    return {
      result: 'failure',
      message: `command timed out: ${text} timed out after ${timeText(timeoutSeconds)}`,
    };
  }
}

/** Settles as the task does, which may be later than its turn is over. */
function inTurn<T>({ clock, limiter }: ExecOptions, task: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    void limiter.run(async () => {
      const ended = new AbortController();
      const end = (): void => ended.abort();
      const running = task();
      running.then(resolve, reject);
      running.then(end, end);
      await sleep(clock, TURN_MS, ended.signal);
    });
  });
}

/**
 * From the variables as the manifest writes them (kubelet: ExpandContainerCommandOnlyStatic): their values are not expanded themselves,
 * those of `valueFrom` are empty, and those of `envFrom` are unknown.
 */
function expanded(command: readonly string[], { env }: Container): readonly string[] {
  const variables = new Map(env.map(({ name, value }) => [name, value]));
  return command.map((text) => expand(text, variables));
}
