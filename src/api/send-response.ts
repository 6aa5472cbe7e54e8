import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ApiResponse, BodySink, StreamedBody } from './message.ts';

/** As Kubernetes' API servers have it (apiserver: pkg/endpoints/handlers/responsewriters/writers.go). */
const GZIP_FROM_BYTES = 128 * 1024;
const GZIP_LEVEL = 1;

const compress = promisify(gzip);

/** Sends an answer that is there as a whole; resolves when it is handed to the system. */
export async function sendWhole(
  { headers: asked }: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: ApiResponse & { readonly body: string | Uint8Array },
): Promise<void> {
  const isLarge = Buffer.byteLength(body) > GZIP_FROM_BYTES && headers['content-encoding'] === undefined;
  const zipped = isLarge && takesGzip(asked['accept-encoding']);
  const content = zipped ? await compress(body, { level: GZIP_LEVEL }) : body;
  response.writeHead(status, {
    ...plain(headers),
    ...(isLarge && { vary: 'Accept-Encoding' }),
    ...(zipped && { 'content-encoding': 'gzip' }),
    'content-length': Buffer.byteLength(content),
  });
  response.end(content);
}

/** Sends an answer while it is made. Rejects where making it does; the connection has to be cut then, lest its client takes it for whole. */
export async function sendStream(
  response: ServerResponse,
  { status, headers, body }: ApiResponse & { readonly body: StreamedBody },
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(status, plain(headers));
  // A watch may be silent for long: its client is to know at once that it watches.
  response.flushHeaders();
  if (response.req.method !== 'HEAD') await body(sinkOf(response, signal), signal);
  response.end();
}

function sinkOf(response: ServerResponse, signal: AbortSignal): BodySink {
  return {
    async write(chunk) {
      if (response.destroyed) throw new Error('the client is gone');
      // Bytes are their owner's again only when the system has them: what was written is not copied before.
      if (typeof chunk !== 'string')
        await unlessGone(response, signal, (done) => response.write(chunk, done));
      else if (!response.write(chunk))
        await unlessGone(response, signal, (done) => response.once('drain', done));
    },
  };
}

/** Resolves when `wait` calls back; rejects when the client is gone. */
function unlessGone(
  response: ServerResponse,
  signal: AbortSignal,
  wait: (done: () => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      response.off('close', onGone);
      signal.removeEventListener('abort', onGone);
    };
    const onGone = (): void => {
      leave();
      reject(new Error('the client is gone'));
    };
    response.on('close', onGone);
    signal.addEventListener('abort', onGone);
    wait(() => {
      leave();
      resolve();
    });
  });
}

/** The same on a bare connection, which is closed afterwards. */
export function rawResponse({ status, headers, body }: ApiResponse): Buffer {
  const content = Buffer.from(typeof body === 'function' ? '' : body);
  const lines = Object.entries({
    ...plain(headers),
    'content-length': String(content.length),
    connection: 'close',
  });
  const head = lines.flatMap(([name, value]) => [value].flat().map((each) => `${name}: ${each}\r\n`));
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head.join('')}\r\n`, 'latin1'),
    content,
  ]);
}

/** Answers are of this instant: nobody is to keep them, unless a route says otherwise. */
function plain(headers: ApiResponse['headers']): Record<string, string | string[]> {
  const copied = Object.entries(headers).map(([name, value]): [string, string | string[]] => [
    name,
    typeof value === 'string' ? value : [...value],
  ]);
  return { 'cache-control': 'no-store', ...Object.fromEntries(copied) };
}

function takesGzip(accepted: string | string[] | undefined): boolean {
  return [accepted ?? []]
    .flat()
    .join(',')
    .split(',')
    .some((coding) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(coding));
}
