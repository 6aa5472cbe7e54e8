import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { JsonObject } from '../base/index.ts';

/** A request as handlers see it, so that they can be tested without a socket. */
export interface ApiRequest {
  /** In capitals; HEAD arrives as GET, the server leaves the body out. */
  readonly method: string;
  /** As it was sent, without the query: `/api/v1/pods`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** What the route's path names, decoded: `{ namespace: 'default', name: 'web' }`. */
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** All of it; empty where there is none. */
  readonly body: Uint8Array;
  /** Aborted when the client is gone or the server closes. */
  readonly signal: AbortSignal;
}

/** Where a body goes that is made as it is sent. */
export interface BodySink {
  /** Resolves when there is room for more, and bytes are the writer's own again; rejects when the client is gone. */
  write(chunk: string | Uint8Array): Promise<void>;
}

/** A body of unknown length: logs that are followed, watches. It ends when the promise does, and is cut off where it rejects. */
export type StreamedBody = (sink: BodySink, signal: AbortSignal) => Promise<void>;

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array | StreamedBody;
  /** Called once when it was sent, in whole or in part or not at all: gives back what the body was to be made of. */
  release?(): void;
}

/** A connection whose client asked for another protocol. Whoever takes it answers on the socket, and owns it from then on. */
export interface UpgradeRequest extends Omit<ApiRequest, 'body'> {
  readonly socket: Duplex;
  /** What the client sent already after its headers. */
  readonly head: Buffer;
  /** As the client wrote them, names and values by turns. */
  readonly rawHeaders: readonly string[];
}

export function jsonResponse(
  status: number,
  value: unknown,
  headers: ApiResponse['headers'] = {},
): ApiResponse {
  return jsonTextResponse(status, JSON.stringify(value), headers);
}

export function jsonTextResponse(
  status: number,
  text: string,
  headers: ApiResponse['headers'] = {},
): ApiResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: `${text}\n` };
}

export function textResponse(status: number, body: string): ApiResponse {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    body,
  };
}

/** An object as it came, and what there is to say about it beside (`Warning` headers). */
export interface ReadObject {
  readonly object: JsonObject;
  readonly warnings: readonly string[];
}
