import type { StopSignal } from './stop-signals.ts';

/** A probe with core/v1's defaults filled in. Times are in seconds, as the manifest has them. */
export interface Probe {
  readonly handler: ProbeHandler;
  /** 0 by default. */
  readonly initialDelaySeconds: number;
  /** 1 by default. */
  readonly timeoutSeconds: number;
  /** 10 by default. */
  readonly periodSeconds: number;
  /** 1 by default, and always for startup and liveness. */
  readonly successThreshold: number;
  /** 3 by default. */
  readonly failureThreshold: number;
  /** Startup and liveness only: the grace period of a container that is stopped for failing it. */
  readonly terminationGracePeriodSeconds?: number;
}

export type ProbeKind = 'startup' | 'liveness' | 'readiness';

export type ProbeHandler =
  | ExecAction
  | HttpGetAction
  | TcpSocketAction
  | { readonly kind: 'grpc'; readonly port: number; readonly service: string };

/** Not run in a shell. Empty is refused when the manifest is read. */
export interface ExecAction {
  readonly kind: 'exec';
  readonly command: readonly string[];
}

export interface HttpGetAction {
  readonly kind: 'httpGet';
  /** `/` by default; may carry a query. */
  readonly path: string;
  /** A number, or the name of a port of the same container. */
  readonly port: number | string;
  /** Absent is the pod's address. */
  readonly host?: string;
  readonly scheme: 'HTTP' | 'HTTPS';
  /** In the order of the manifest; one name may come several times. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export interface TcpSocketAction {
  readonly kind: 'tcpSocket';
  readonly port: number | string;
  readonly host?: string;
}

export type HookKind = 'postStart' | 'preStop';

export type HookHandler =
  | ExecAction
  | HttpGetAction
  | TcpSocketAction
  | { readonly kind: 'sleep'; readonly seconds: number };

/** Absent hooks and signals are absent fields; one of them is there. */
export interface Lifecycle {
  readonly postStart?: HookHandler;
  readonly preStop?: HookHandler;
  /** A name as SIGTERM or SIGRTMIN+3. */
  readonly stopSignal?: StopSignal;
}

/** What becomes of a container that exits with one of these codes (core/v1 ContainerRestartRule). */
export interface RestartRule {
  readonly action: 'Restart' | 'RestartAllContainers';
  readonly operator: 'In' | 'NotIn';
  readonly exitCodes: readonly number[];
}
