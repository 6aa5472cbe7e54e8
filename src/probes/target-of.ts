import { TinyletError } from '../base/index.ts';
import { portOf } from '../net/index.ts';
import type { HttpGetAction, TcpSocketAction } from '../pod/index.ts';
import type { ProbeCall } from './pod-probes.ts';

/** Where a probe goes: to the pod unless its manifest names another host. Throws where its port has a name that no port has. */
export function targetOf(
  { container, host }: ProbeCall,
  handler: HttpGetAction | TcpSocketAction,
): { host: string; port: number } {
  const port = portOf(handler.port, container.ports);
  if (port !== undefined) return { host: handler.host || host, port };
  throw new TinyletError('PROBE_FAILED', `the container has no port named ${JSON.stringify(handler.port)}`);
}
