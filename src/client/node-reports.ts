import { messageOf, TinyletError } from '../base/index.ts';
import type { EventReport, NodeReport, PodWhy } from '../status/index.ts';
import { answerText } from './answer-text.ts';
import { createNodeClient, unreachable } from './node-client.ts';

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
  const answer = await createNodeClient(socketPath).send({ path });
  const body = await answerText(answer).catch((cause: unknown) => {
    throw cause instanceof TinyletError ? cause : unreachable(socketPath, messageOf(cause), cause);
  });
  if (answer.status === absent) return undefined;
  if (answer.status !== 200) throw unreachable(socketPath, `it answered ${answer.status} to ${path}`);
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw unreachable(socketPath, 'its answer is not JSON', cause);
  }
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
