import { assertNever, type Clock, Limiter } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import type { RunProbe } from './pod-probes.ts';
import { runExec } from './run-exec.ts';
import { runGrpc } from './run-grpc.ts';
import { runHttpGet } from './run-http-get.ts';
import { runTcpSocket } from './run-tcp-socket.ts';

export interface RunProbeOptions {
  readonly cri: Pick<Cri, 'execSync'>;
  readonly clock: Clock;
  /** How many exec probes begin at once, of all pods; 4 by default. */
  readonly maxParallelExec?: number;
}

/** Probes as the kubelet carries them out (kubelet: pkg/probe), from the machine's own network. */
export function createRunProbe({ cri, clock, maxParallelExec = 4 }: RunProbeOptions): RunProbe {
  const limiter = new Limiter(maxParallelExec);
  return async (call, signal) => {
    const { handler } = call.probe;
    switch (handler.kind) {
      case 'exec':
        return runExec({ cri, clock, limiter }, { call, handler }, signal);
      case 'httpGet':
        return runHttpGet(clock, { call, handler }, signal);
      case 'tcpSocket':
        return runTcpSocket(clock, { call, handler }, signal);
      case 'grpc':
        return runGrpc(clock, { call, handler }, signal);
      default:
        return assertNever(handler);
    }
  };
}
