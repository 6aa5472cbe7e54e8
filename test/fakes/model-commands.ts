import type { ResponseOf } from '../../src/cri/calls.ts';
import type { CallScope } from './call-scope.ts';
import { deadlineExceeded, refused } from './model-failure.ts';
import type { ModelContainer, ModelParts } from './model-state.ts';

interface Execution {
  readonly command: readonly string[];
  readonly limitMs: number;
  readonly scope: CallScope;
}

const SIGKILL_CODE = 137;

/** Runs a command in a container to its end, which is the container's, too, or the end of its time or of its client's patience. */
export async function execute(
  { state, commandOf }: ModelParts,
  container: ModelContainer,
  { command, limitMs, scope }: Execution,
): Promise<ResponseOf<'ExecSync'>> {
  if (container.state !== 'running')
    throw refused(`container is in CONTAINER_${container.state.toUpperCase()} state`);
  const sinceStartMs = state.clock.nowMs() - container.startedAtMs;
  const place = { config: container.config, sinceStartMs, beside: container.commands };
  const { takesMs = 0, exitCode = 0, stdout = '', stderr = '', startError } = commandOf(command, place);
  if (startError !== undefined) throw refused(`failed to exec in container: ${startError}`);
  container.commands += 1;
  try {
    if (await scope.awaits(container.ended, Math.min(takesMs, limitMs))) return { exit_code: SIGKILL_CODE };
  } finally {
    container.commands -= 1;
  }
  if (takesMs > limitMs)
    throw deadlineExceeded(`failed to exec in container: timeout ${limitMs / 1000}s exceeded`);
  return { exit_code: exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
}
