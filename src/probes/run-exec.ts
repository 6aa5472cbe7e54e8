import { hasCode, type Limiter } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import { type Container, type ExecAction, expand } from '../pod/index.ts';
import type { ProbeCall, ProbeOutcome } from './pod-probes.ts';
import { timeText } from './time-text.ts';

export interface ExecOptions {
  readonly cri: Pick<Cri, 'execSync'>;
  /** Of all exec probes at once: each is a fork in the runtime. */
  readonly limiter: Limiter;
}

/** Of stdout and stderr together (kubelet: pkg/probe/exec maxReadLength). */
const MAX_OUTPUT_BYTES = 10 * 1024;

/**
 * Success is exit code 0 (kubelet: pkg/probe/exec). The time it waits for its turn is not its own: only the runtime counts the timeout.
 * Rejects with what kept the command from being run.
 */
export async function runExec(
  { cri, limiter }: ExecOptions,
  { call, handler }: { readonly call: ProbeCall; readonly handler: ExecAction },
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const { timeoutSeconds } = call.probe;
  const command = expanded(handler.command, call.container);
  try {
    const { exitCode, stdout, stderr } = await limiter.run(async () => {
      signal.throwIfAborted();
      return cri.execSync(call.id, command, { timeoutSeconds, signal });
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

/**
 * From the variables as the manifest writes them (kubelet: ExpandContainerCommandOnlyStatic): their values are not expanded themselves,
 * those of `valueFrom` are empty, and those of `envFrom` are unknown.
 */
function expanded(command: readonly string[], { env }: Container): readonly string[] {
  const variables = new Map(env.map(({ name, value }) => [name, value]));
  return command.map((text) => expand(text, variables));
}
