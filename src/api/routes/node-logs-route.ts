import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { ApiFailure } from '../../apimachinery/index.ts';
import { errnoOf, openBelow, selfPath } from '../../base/index.ts';
import { directoryPage, linkTo } from '../directory-page.ts';
import { type ApiRequest, type ApiResponse, type BodySink, textResponse } from '../message.ts';
import { plainRefusal } from '../plain-refusal.ts';
import type { DoorPorts } from '../ports.ts';
import type { Route } from '../route.ts';

const PIECE_BYTES = 64 * 1024;

/**
 * `/logs/`: the directory of all pods' logs, and what is in it, as the kubelet's file server shows /var/log. Containers may write there:
 * directories and regular files only, never through a link, nothing waited for, and no word of what a file says but to who gets the file.
 */
export function nodeLogsRoutes({ logDirectory }: Pick<DoorPorts, 'logDirectory'>): readonly Route[] {
  const handle = (request: ApiRequest): Promise<ApiResponse> => answerTo(request, logDirectory);
  return [
    { path: '/logs', methods: ['GET'], handle: () => redirect('logs/') },
    ...['/logs/', '/logs/*'].map((path) => ({ path, methods: ['GET'], refuse: plainRefusal, handle })),
  ];
}

async function answerTo({ path }: ApiRequest, logDirectory: string): Promise<ApiResponse> {
  const { names, asDirectory } = readPath(path);
  const entry = await openBelow(logDirectory, names).catch(refuseMissing);
  try {
    const stats = await entry.stat();
    const last = linkTo(names.at(-1) ?? '');
    if (stats.isDirectory()) return asDirectory ? await listing(entry) : redirect(`${last}/`);
    if (!stats.isFile()) throw notFound();
    return asDirectory ? redirect(`../${last}`) : await content(entry, last);
  } finally {
    await entry.close();
  }
}

interface LogsPath {
  readonly names: readonly string[];
  /** It ends in a slash. */
  readonly asDirectory: boolean;
}

/** As it was sent: the router has decoded it, and a slash within a name can then no longer be told from one between two. Throws ApiFailure. */
function readPath(path: string): LogsPath {
  const parts = path.split('/').slice(2).map(decoded);
  const asDirectory = parts.at(-1) === '';
  const names = asDirectory ? parts.slice(0, -1) : parts;
  if (names.some((name) => name === '' || name === '.' || name === '..' || /[/\0]/.test(name)))
    throw new ApiFailure('BadRequest', 'invalid URL path: each part has to be the name of an entry');
  return { names, asDirectory };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ApiFailure('BadRequest', 'invalid URL path: it cannot be decoded');
  }
}

/** Whatever stands in the way, that there is nothing here is all there is to say. */
function refuseMissing(error: unknown): never {
  if (MISSING.has(errnoOf(error) ?? '')) throw notFound();
  throw error;
}

/** ENOTDIR is also what a link gets where a directory should be. */
const MISSING: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);

/** Go's words (net/http: NotFound). */
function notFound(): ApiFailure {
  return new ApiFailure('NotFound', '404 page not found');
}

function redirect(location: string): ApiResponse {
  return { ...textResponse(301, ''), headers: { location } };
}

/** Only what is served is listed. Names that are no UTF-8 cannot be asked for. */
async function listing(directory: FileHandle): Promise<ApiResponse> {
  const found = await readdir(selfPath(directory), { withFileTypes: true, encoding: 'buffer' });
  const entries = found
    .filter((entry) => (entry.isDirectory() || entry.isFile()) && isUtf8(entry.name))
    .map((entry) => ({ name: entry.name.toString(), isDirectory: entry.isDirectory() }));
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff' },
    body: directoryPage(entries),
  };
}

/** The very file that was found, as long as it is now: what is appended to it, renamed or put in its place meanwhile changes nothing. */
async function content(found: FileHandle, name: string): Promise<ApiResponse> {
  const file = await open(selfPath(found), constants.O_RDONLY | constants.O_NONBLOCK);
  const { size } = await file.stat();
  const type = name.endsWith('.gz') ? 'application/gzip' : 'text/plain; charset=utf-8';
  return {
    status: 200,
    headers: {
      'content-type': type,
      'content-length': String(size),
      'x-content-type-options': 'nosniff',
    },
    body: (sink) => send(file, size, sink),
    release: () => void file.close(),
  };
}

/** Rejects where the file has become shorter: the client must not wait for the rest, nor take it for whole. */
async function send(file: FileHandle, size: number, sink: BodySink): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, size));
  for (let sent = 0; sent < size; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, size - sent), sent);
    if (bytesRead === 0) throw new Error('the file was cut short while it was sent');
    await sink.write(buffer.subarray(0, bytesRead));
    sent += bytesRead;
  }
}
