import type { ProbeHandler } from '../pod/index.ts';

/** One GET of a probe or a hook, with nothing left to look up. */
export interface HttpGet {
  readonly scheme: 'HTTP' | 'HTTPS';
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
  /** With its query. */
  readonly path: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** Sent unless the manifest names one of its own, e.g. `kube-probe/1.36`. */
  readonly userAgent: string;
}

/** What came of it. */
export interface HttpAnswer {
  readonly status: number;
  /** At most 10 KiB of it. */
  readonly body: string;
  /** The address of a redirect to another host, which is not followed. */
  readonly redirectedTo?: string;
}

export type HttpAction = Extract<ProbeHandler, { kind: 'httpGet' }>;
