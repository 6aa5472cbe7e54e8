import type { CallName, RequestOf } from './calls.ts';

/** How long a call may take before it fails with CRI_DEADLINE. */
export interface Deadlines {
  readonly callMs: number;
  readonly runSandboxMs: number;
}

/** The kubelet's: runtimeRequestTimeout, and twice that for a sandbox. */
export const defaultDeadlines: Deadlines = { callMs: 120_000, runSandboxMs: 240_000 };

/**
 * The deadline of one call, undefined for none. Calls that wait inside the runtime get their own waiting time on top of the
 * usual one: cut short, a StopContainer would never come to its SIGKILL.
 */
export function deadlineMs<C extends CallName>(
  call: C,
  request: RequestOf<C>,
  deadlines: Deadlines = defaultDeadlines,
): number | undefined {
  switch (call) {
    case 'RunPodSandbox':
      return deadlines.runSandboxMs;
    case 'StopContainer':
      return deadlines.callMs + waitSeconds(request) * 1000;
    case 'ExecSync':
      return waitSeconds(request) > 0 ? deadlines.callMs + waitSeconds(request) * 1000 : undefined;
    case 'PullImage':
      return undefined;
    default:
      return deadlines.callMs;
  }
}

function waitSeconds(request: object): number {
  const seconds = 'timeout' in request ? Number(request.timeout) : 0;
  return Math.max(seconds, 0);
}
