import { type IncomingMessage, request } from 'node:http';
import { errnoOf, messageOf, TinyletError } from '../base/index.ts';
import type { EventReport, NodeReport, PodWhy } from '../status/index.ts';

/** Without a byte from the daemon. Its answers come from memory: one that takes longer hangs. */
const SILENCE_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** What the system says when a connection fails, in words that name the remedy. */
const REASON: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  ENOTDIR: 'there is no such socket',
  ECONNREFUSED: 'nobody listens on it; the daemon has died, or it is no socket',
  EACCES: 'not permitted; only the user the daemon runs as may use it',
  EPERM: 'not permitted; only the user the daemon runs as may use it',
  ECONNRESET: 'it hung up before it answered',
};

/** The daemon's report of its node. Rejects with DAEMON_UNREACHABLE. */
export async function fetchStatus(socketPath: string): Promise<NodeReport> {
  const value = await requestJson(socketPath, '/status');
  if (isNodeReport(value)) return value;
  throw unreachable(socketPath, 'what answers is no tinylet of this version');
}

/** The last passes of the pods of that name; undefined where the daemon knows none. Rejects with DAEMON_UNREACHABLE. */
export async function fetchWhy(socketPath: string, pod: PodName): Promise<readonly PodWhy[] | undefined> {
  const value = await requestJson(socketPath, `/why?${queryOf(pod)}`, 404);
  if (value === undefined) return undefined;
  if (isWhy(value)) return value.pods;
  throw unreachable(socketPath, 'what answers is no tinylet of this version');
}

/** What happened to a pod, or to all; the oldest first. Rejects with DAEMON_UNREACHABLE. */
export async function fetchEvents(socketPath: string, pod?: PodName): Promise<readonly EventReport[]> {
  const value = await requestJson(socketPath, pod === undefined ? '/events' : `/events?${queryOf(pod)}`);
  if (isEvents(value)) return value.events;
  throw unreachable(socketPath, 'what answers is no tinylet of this version');
}

interface PodName {
  readonly namespace: string;
  readonly name: string;
}

function queryOf({ namespace, name }: PodName): URLSearchParams {
  return new URLSearchParams({ pod: `${namespace}/${name}` });
}

/**
 * GETs `path` from the daemon. Rejects with DAEMON_UNREACHABLE, saying which socket and what is wrong with it. Undefined where it
 * answers with the status that means that there is no such thing.
 */
export async function requestJson(socketPath: string, path: string, absent?: number): Promise<unknown> {
  const { status, body } = await get(socketPath, path).catch((cause: unknown) => {
    if (cause instanceof TinyletError) throw cause;
    throw unreachable(socketPath, REASON[errnoOf(cause) ?? ''] ?? messageOf(cause), cause);
  });
  if (status === absent) return undefined;
  if (status !== 200) throw unreachable(socketPath, `it answered ${status} to ${path}`);
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw unreachable(socketPath, 'its answer is not JSON', cause);
  }
}

function get(socketPath: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, timeout: SILENCE_MS, headers: { accept: 'application/json' } });
    sent.once('timeout', () => sent.destroy(unreachable(socketPath, `silent for ${SILENCE_MS / 1000} s`)));
    sent.once('error', reject);
    sent.once('response', (response) => {
      readAll(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    sent.end();
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error('its answer is too large');
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Looks at what a reader would stumble over; the rest is the daemon's word. */
function isNodeReport(value: unknown): value is NodeReport {
  if (typeof value !== 'object' || value === null || !('runtime' in value)) return false;
  if (typeof value.runtime !== 'object' || value.runtime === null) return false;
  const record = new Map<string, unknown>(Object.entries(value));
  return ['directories', 'pods', 'refused', 'foreign', 'warnings'].every((name) =>
    Array.isArray(record.get(name)),
  );
}

function isWhy(value: unknown): value is { readonly pods: readonly PodWhy[] } {
  return hasList(value, 'pods');
}

function isEvents(value: unknown): value is { readonly events: readonly EventReport[] } {
  return hasList(value, 'events');
}

/** Looks at what a reader would stumble over first; the rest is the daemon's word. */
function hasList(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const list: unknown = new Map<string, unknown>(Object.entries(value)).get(name);
  return Array.isArray(list) && list.every((each) => typeof each === 'object' && each !== null);
}

function unreachable(socketPath: string, why: string, cause?: unknown): TinyletError {
  const facts = { socket: socketPath };
  return new TinyletError('DAEMON_UNREACHABLE', `no daemon answers on ${socketPath}: ${why}`, {
    cause,
    facts,
  });
}
