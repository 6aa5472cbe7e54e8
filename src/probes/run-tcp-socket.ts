import { type Clock, hasCode, messageOf } from '../base/index.ts';
import { dialTcp, withDeadline } from '../net/index.ts';
import type { TcpSocketAction } from '../pod/index.ts';
import type { ProbeCall, ProbeOutcome } from './pod-probes.ts';
import { targetOf } from './target-of.ts';

/** Success is a connection (kubelet: pkg/probe/tcp). */
export async function runTcpSocket(
  clock: Clock,
  { call, handler }: { readonly call: ProbeCall; readonly handler: TcpSocketAction },
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const { host, port } = targetOf(call, handler);
  const timeoutMs = call.probe.timeoutSeconds * 1000;
  try {
    await withDeadline({ clock, timeoutMs, signal }, (limited) => dialTcp(host, port, limited));
    return { result: 'success', message: '' };
  } catch (error) {
    if (signal.aborted || !hasCode(error, 'NET_FAILED')) throw error;
    return { result: 'failure', message: messageOf(error) };
  }
}
