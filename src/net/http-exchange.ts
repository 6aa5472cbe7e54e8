import type { IncomingMessage, RequestOptions } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { messageOf } from '../base/index.ts';
import { lookup } from './shared-lookup.ts';

/** One request of a GET, redirects being further ones. */
export interface HttpExchange {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** With its query, as it goes over the wire. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/** Go's default is larger still; Node's of 16 KiB refuses what a kubelet takes. */
const MAX_HEADER_BYTES = 1024 * 1024;
/** Of the body (kubelet: pkg/probe/http maxRespBodyLength). */
const MAX_BODY_BYTES = 10 * 1024;

/**
 * Sends the request and resolves once the answer's headers are there. The connection lasts until the answer is destroyed. Rejects with the error of the socket, of TLS or of the parser, and when the signal aborts.
 */
export function httpExchange(exchange: HttpExchange, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { request } = exchange.scheme === 'https' ? https : http;
    const outgoing = request({ ...optionsOf(exchange), signal });
    outgoing.on('response', resolve);
    outgoing.on('upgrade', (answer, socket) => {
      socket.destroy();
      resolve(answer);
    });
    outgoing.on('error', reject);
    outgoing.on('close', () => reject(new Error('EOF')));
    outgoing.end();
  });
}

/** Without an agent there is no connection to share, and no proxy. */
function optionsOf({ host, port, path, headers }: HttpExchange): RequestOptions & https.RequestOptions {
  return {
    method: 'GET',
    host,
    port,
    lookup,
    path,
    headers: { ...headers },
    agent: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    rejectUnauthorized: false,
    // By the address that is connected to, not by the Host header as Node would have it.
    servername: isIP(host) === 0 ? host : '',
  };
}

/** The first 10 KiB of it, and what kept it from being read that far. The rest is not waited for. */
export async function readBody(answer: IncomingMessage): Promise<{ body: string; broken?: string }> {
  const chunks: Buffer[] = [];
  let length = 0;
  const body = (): string => Buffer.concat(chunks).toString('utf8', 0, MAX_BODY_BYTES);
  try {
    for await (const chunk of answer) {
      if (!Buffer.isBuffer(chunk)) continue;
      chunks.push(chunk);
      length += chunk.length;
      if (length >= MAX_BODY_BYTES) break;
    }
    return { body: body() };
  } catch (error) {
    return { body: body(), broken: messageOf(error) };
  }
}
