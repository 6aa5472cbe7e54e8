import { type Clock, hasCode, messageOf, TinyletError } from '../base/index.ts';
import { httpGet, withDeadline } from '../net/index.ts';
import type { HttpGetAction } from '../pod/index.ts';
import type { ProbeCall, ProbeOutcome } from './pod-probes.ts';
import { targetOf } from './target-of.ts';
import { USER_AGENT } from './user-agent.ts';

/**
 * Success is a status from 200 to 399 (kubelet: pkg/probe/http DoHTTPProbe); a redirect that is not followed is a warning. No answer in
 * time is a failure. A body that cannot be read to its end, though the status came, says nothing: the kubelet throws such a result away.
 */
export async function runHttpGet(
  clock: Clock,
  { call, handler }: { readonly call: ProbeCall; readonly handler: HttpGetAction },
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const { scheme, path, headers } = handler;
  const request = { scheme, ...targetOf(call, handler), path, headers, userAgent: USER_AGENT };
  const timeoutMs = call.probe.timeoutSeconds * 1000;
  try {
    const { status, body, bodyFailure } = await withDeadline({ clock, timeoutMs, signal }, (limited) =>
      httpGet(request, limited),
    );
    if (bodyFailure !== undefined) throw new TinyletError('PROBE_FAILED', bodyFailure);
    if (status < 200 || status >= 400)
      return { result: 'failure', message: `HTTP probe failed with statuscode: ${status}` };
    if (status < 300) return { result: 'success', message: body };
    return { result: 'warning', message: `Probe terminated redirects, Response body: ${body}` };
  } catch (error) {
    if (signal.aborted || !hasCode(error, 'NET_FAILED')) throw error;
    return { result: 'failure', message: messageOf(error) };
  }
}
