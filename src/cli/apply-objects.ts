import {
  type Clock,
  hasCode,
  isEqualJson,
  type JsonObject,
  listAt,
  objectAt,
  TinyletError,
  textAt,
} from '../base/index.ts';
import { type AnsweredObject, askApi, askApiFully, type NodeClient } from '../client/index.ts';
import { loadKinds, nameOfKind, pathOf } from './api-kinds.ts';
import { askDaemon } from './ask-daemon.ts';
import { awaitObject, isGone, type ObjectRef } from './await-object.ts';
import type { CommandCall } from './command.ts';
import { escapeControl } from './escape-control.ts';
import { failureLine } from './failure-line.ts';
import * as shared from './flags.ts';
import { awaitAll } from './wait-for-objects.ts';
import { readWrittenObjects, type WrittenObject } from './written-objects.ts';

export interface Apply {
  readonly dryRun: boolean;
  /** How long to wait until pods are ready; undefined for not at all. */
  readonly waitMs: number | undefined;
}

/** Who it is that wants the fields, to the API. */
const MANAGER = 'tinylet';

/** `tinylet apply`: every object is tried; resolves to 1 where one failed. */
export async function applyObjects(call: CommandCall, apply: Apply): Promise<number> {
  const { flags, program } = call;
  const client = program.client(shared.readApiSocket(flags));
  const { clock } = program;
  const kinds = await askDaemon(() => loadKinds(client));
  const { objects, errors } = await readWrittenObjects(call, kinds);
  for (const error of errors) program.err(`${error}\n`);
  const applied: ObjectRef[] = [];
  for (const written of objects) {
    try {
      const { line, warnings } = await applyObject({ client, clock }, written, apply);
      for (const warning of warnings) program.err(`Warning: ${escapeControl(warning)}\n`);
      program.out(`${escapeControl(line)}\n`);
      applied.push(written.ref);
    } catch (error) {
      if (!hasCode(error, 'API_REFUSED')) throw error;
      program.err(`${failureLine(error, `error when applying "${written.place}"`)}\n`);
    }
  }
  const isDone = errors.length === 0 && applied.length === objects.length;
  const pods = applied.filter(({ kind }) => kind.name === 'pods');
  if (apply.waitMs === undefined || apply.dryRun || pods.length === 0) return isDone ? 0 : 1;
  const condition = { isMet: isReady, takesAbsence: false };
  const code = await awaitAll(call, pods, { condition, timeoutMs: apply.waitMs });
  return isDone ? code : 1;
}

interface Applied {
  readonly line: string;
  readonly warnings: readonly string[];
}

interface Door {
  readonly client: NodeClient;
  readonly clock: Clock;
}

async function applyObject(
  door: Door,
  { ref, object }: WrittenObject,
  { dryRun, waitMs }: Apply,
): Promise<Applied> {
  const { client } = door;
  const { kind, namespace, name } = ref;
  const before =
    dryRun || waitMs === undefined ? await currentOf(client, ref) : await lastingOf(door, ref, waitMs);
  const query = {
    ...{ fieldManager: MANAGER, force: 'true', fieldValidation: 'Strict' },
    dryRun: dryRun ? 'All' : undefined,
  };
  const after = await askApiFully(client, {
    method: 'PATCH',
    path: pathOf(kind, { namespace, name, query }),
    contentType: 'application/apply-patch+yaml',
    body: JSON.stringify(object),
  });
  const word = before === undefined ? 'created' : isSame(before, after.object) ? 'unchanged' : 'configured';
  return {
    line: `${nameOfKind(kind)}/${name} ${word}${dryRun ? ' (server dry run)' : ''}`,
    warnings: warningsOf(after),
  };
}

/** What is being deleted cannot be changed: it is waited for, and what follows it is made anew. Too late, the API says so. */
async function lastingOf(
  { client, clock }: Door,
  ref: ObjectRef,
  timeoutMs: number,
): Promise<JsonObject | undefined> {
  const current = await currentOf(client, ref);
  const { uid, deletionTimestamp } = objectAt(current ?? {}, 'metadata');
  if (deletionTimestamp === undefined) return current;
  await awaitObject({ client, clock, timeoutMs }, ref, isGone(textAt({ uid }, 'uid')));
  return currentOf(client, ref);
}

async function currentOf(
  client: NodeClient,
  { kind, namespace, name }: ObjectRef,
): Promise<JsonObject | undefined> {
  try {
    return await askApi(client, { path: pathOf(kind, { namespace, name }) });
  } catch (error) {
    if (error instanceof TinyletError && error.facts.code === 404) return undefined;
    throw error;
  }
}

/** Whether an object asks for the same: what its status says, and what servers note down, comes and goes by itself. */
function isSame(before: JsonObject, after: JsonObject): boolean {
  return isEqualJson(wantedOf(before), wantedOf(after));
}

function wantedOf({ status: _, ...object }: JsonObject): JsonObject {
  const { resourceVersion: _version, managedFields: _fields, ...metadata } = objectAt(object, 'metadata');
  return { ...object, metadata };
}

/** `299 - "text"` (RFC 7234). */
function warningsOf({ headers: { warning } }: AnsweredObject): readonly string[] {
  const texts = [...(warning ?? '').matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)];
  return texts.map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}

/** A pod that is ready, or has done what it was there for. Throws where it has failed for good. */
function isReady(pod: JsonObject | undefined): boolean {
  const phase = textAt(pod?.status, 'phase');
  if (phase === 'Failed') {
    const [reason, message] = [textAt(pod?.status, 'reason'), textAt(pod?.status, 'message')];
    const why = [reason, message].filter((text) => text !== '').join(': ');
    const name = textAt(objectAt({ pod }, 'pod').metadata, 'name');
    throw new Error(`pod/${name} has failed${why === '' ? '' : `: ${why}`}`);
  }
  const ready = listAt(pod?.status, 'conditions').find((each) => textAt(each, 'type') === 'Ready');
  return phase === 'Succeeded' || textAt(ready, 'status') === 'True';
}
