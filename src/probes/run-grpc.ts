import type { Clock } from '../base/index.ts';
import { addressText, isDeadline, withDeadline } from '../net/index.ts';
import type { HealthAnswer } from './ask-grpc-health.ts';
import type { ProbeCall, ProbeOutcome } from './pod-probes.ts';
import { timeText } from './time-text.ts';
import { USER_AGENT } from './user-agent.ts';

/** Success is SERVING; everything else is a failure, in the kubelet's words (pkg/probe/grpc). */
export async function runGrpc(
  clock: Clock,
  { call, handler }: { readonly call: ProbeCall; readonly handler: { port: number; service: string } },
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  // Not before somebody has such a probe.
  const { askGrpcHealth } = await import('./ask-grpc-health.ts');
  const { timeoutSeconds } = call.probe;
  const address = addressText(call.host, handler.port);
  const question = { address, service: handler.service, userAgent: USER_AGENT };
  return withDeadline({ clock, timeoutMs: timeoutSeconds * 1000, signal }, async (limited) => {
    const answer = await askGrpcHealth(question, limited);
    signal.throwIfAborted();
    if (answer.kind === 'status' && answer.status === 'SERVING')
      return { result: 'success', message: 'service healthy' };
    const time = isDeadline(limited) ? timeText(timeoutSeconds) : undefined;
    return { result: 'failure', message: wordsFor(answer, address, time) };
  });
}

/** `time` is the timeout, where it has passed. */
function wordsFor(answer: HealthAnswer, address: string, time: string | undefined): string {
  if (answer.kind === 'status') return `service unhealthy (responded with "${answer.status}")`;
  if (time !== undefined)
    return answer.connected
      ? `timeout: health rpc did not complete within ${time}`
      : `timeout: failed to connect service "${address}" within ${time}: context deadline exceeded`;
  const { code, details } = answer;
  switch (code) {
    case 'Unimplemented':
      return `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${details}`;
    case 'DeadlineExceeded':
      return 'timeout: health rpc did not complete in time';
    default:
      return `error: health rpc probe failed: rpc error: code = ${code} desc = ${details}`;
  }
}
