import { ApiFailure } from '../../apimachinery/index.ts';
import { Limiter, readDurationMs } from '../../base/index.ts';
import { type ApiRequest, type ApiResponse, jsonResponse } from '../message.ts';
import { applyManifest, type PodletPorts, takeBack } from '../podlet/apply-manifest.ts';
import { awaitNames } from '../podlet/await-names.ts';
import { awaitPods, type StartFailure } from '../podlet/await-pods.ts';
import { startedJson } from '../podlet/started-json.ts';
import type { Route } from '../route.ts';
import { statusError } from '../status-error.ts';

const DEFAULT_TIMEOUT_MS = 120_000;
const MAX_TIMEOUT_MS = 3_600_000;

/** Pods from manifests, whole or not at all: answers their containers when they run. */
export function podletRoute(ports: PodletPorts): Route {
  const turns = new Limiter(1);
  return { path: '/pods', methods: ['POST'], handle: (request) => startPods(request, ports, turns) };
}

async function startPods(
  { body, query, signal }: ApiRequest,
  ports: PodletPorts,
  turns: Limiter,
): Promise<ApiResponse> {
  const timeoutMs = timeoutIn(query);
  const text = Buffer.from(body).toString('utf8');
  if (text.trim() === '') throw new ApiFailure('BadRequest', 'there is no body: send pods in YAML or JSON');
  const objects = await turns.run(() => ports.manifests.objectsOf(text));
  const patience = { timeoutMs, untilMs: ports.clock.monotonicMs() + timeoutMs, signal };
  await awaitNames(ports, objects, patience);
  const wanted = await applyManifest(ports, objects, turns);
  const pods = wanted.filter(({ resource }) => resource === 'pods');
  const end = await awaitPods(ports, pods, patience);
  // Who has left does not take its pods along.
  if (end === undefined) return statusError('ServiceUnavailable', 'the daemon ends; the pods are made');
  if (!('reason' in end)) return jsonResponse(200, startedJson(end, ports.versions));
  const left = await turns.run(() => takeBack(ports, wanted));
  return cannotRun(end, left === '' ? '; what was new is deleted again, what was there is as it was' : left);
}

function timeoutIn(query: URLSearchParams): number {
  const text = query.get('timeout');
  if (text === null) return DEFAULT_TIMEOUT_MS;
  const timeoutMs = readDurationMs(text);
  if (timeoutMs !== undefined && timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS) return timeoutMs;
  throw new ApiFailure('BadRequest', 'timeout: must be a duration like 30s or 2m, at most 1h');
}

/** Kubernetes' word for it as the reason, which is none of the API server's own. */
function cannotRun({ reason, message }: StartFailure, after: string): ApiResponse {
  const told = `${message}${after}`;
  if (reason === 'Timeout' || reason === 'Conflict') return statusError(reason, told);
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' };
  return jsonResponse(502, { ...status, message: told, reason, details: {}, code: 502 });
}
