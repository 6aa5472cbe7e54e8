import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';

/** A client that asked for another protocol; it has no answer yet. */
export interface Upgrade {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly socket: Duplex;
  /** What the client sent already after its headers. */
  readonly head: Buffer;
  /** Aborted when all is to end at once. */
  readonly signal: AbortSignal;
}
