import { type JsonObject, objectAt, TinyletError, textAt } from '../base/index.ts';
import { askApi, type NodeClient } from '../client/index.ts';
import { type ApiKinds, loadKinds, nameOfKind, pathOf } from './api-kinds.ts';
import { askDaemon } from './ask-daemon.ts';
import { awaitObject, isGone, type ObjectRef } from './await-object.ts';
import type { CommandCall } from './command.ts';
import { escapeControl } from './escape-control.ts';
import { failureLine } from './failure-line.ts';
import * as shared from './flags.ts';
import { followPods } from './follow-pods.ts';
import { readObjectOperands } from './object-operands.ts';
import { type ObjectSelection, selectObjects } from './select-objects.ts';
import { readWrittenObjects } from './written-objects.ts';

export interface Deletion {
  readonly selection: ObjectSelection;
  readonly ignoreNotFound: boolean;
  /** The pods' own where undefined. */
  readonly gracePeriodSeconds: number | undefined;
  readonly wait: boolean;
  /** For ever where undefined. */
  readonly timeoutMs: number | undefined;
}

/** An object that was told to go. */
interface Deleted {
  readonly ref: ObjectRef;
  readonly uid: string;
}

/** `tinylet delete` of what the API has: every object is tried; resolves to 1 where one failed. */
export async function deleteObjects(call: CommandCall, deletion: Deletion): Promise<number> {
  const { flags, program } = call;
  const client = program.client(shared.readApiSocket(flags));
  const kinds = await askDaemon(() => loadKinds(client));
  const { refs, errors } = await refsOf(call, { client, kinds, selection: deletion.selection });
  for (const error of errors) program.err(`${error}\n`);
  if (refs.length === 0 && errors.length === 0) program.out('No resources found\n');
  const deleted: Deleted[] = [];
  let failures = errors.length;
  for (const ref of refs) {
    try {
      deleted.push({ ref, uid: await deleteObject(client, ref, deletion.gracePeriodSeconds) });
      program.out(`${escapeControl(deletedLine(ref))}\n`);
    } catch (error) {
      if (!(error instanceof TinyletError) || error.code !== 'API_REFUSED') throw error;
      if (deletion.ignoreNotFound && error.facts.code === 404) continue;
      failures += 1;
      program.err(`${failureLine(error)}\n`);
    }
  }
  const left = deletion.wait ? await awaitEnds(call, deleted, deletion.timeoutMs) : [];
  for (const { kind, name } of left)
    program.err(
      escapeControl(`error: timed out waiting for the condition on ${kind.name}/${name}`).concat('\n'),
    );
  return failures + left.length === 0 ? 0 : 1;
}

interface Sources {
  readonly client: NodeClient;
  readonly kinds: ApiKinds;
  readonly selection: ObjectSelection;
}

async function refsOf(
  call: CommandCall,
  { client, kinds, selection }: Sources,
): Promise<{ readonly refs: readonly ObjectRef[]; readonly errors: readonly string[] }> {
  const { flags, operands } = call;
  if (flags.readAll(shared.fileFlag) !== undefined) {
    if (operands.length > 0) throw new TinyletError('USAGE', 'either -f, or a kind and names');
    const { objects, errors } = await readWrittenObjects(call, kinds);
    return { refs: objects.map(({ ref }) => ref), errors };
  }
  const refs = await selectObjects(client, readObjectOperands(operands, kinds), selection);
  return { refs, errors: [] };
}

/** Resolves to the uid of what goes. */
async function deleteObject(
  client: NodeClient,
  ref: ObjectRef,
  gracePeriodSeconds: number | undefined,
): Promise<string> {
  const { kind, namespace, name } = ref;
  const options = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
  };
  const answer = await askApi(client, {
    method: 'DELETE',
    path: pathOf(kind, { namespace, name }),
    body: JSON.stringify(options),
  });
  return uidOf(answer);
}

/** Of the object itself, or in the words about it. */
function uidOf(answer: JsonObject): string {
  return textAt(objectAt(answer, textAt(answer, 'kind') === 'Status' ? 'details' : 'metadata'), 'uid');
}

/** As kubectl says it since 1.34. */
function deletedLine({ kind, namespace, name }: ObjectRef): string {
  const where = kind.namespaced ? ` from ${namespace} namespace` : '';
  return `${nameOfKind(kind)} "${name}" deleted${where}`;
}

/** Resolves to those that are still there when the time is over. */
async function awaitEnds(
  { flags, program }: CommandCall,
  deleted: readonly Deleted[],
  timeoutMs: number | undefined,
): Promise<readonly ObjectRef[]> {
  const apiSocket = shared.readApiSocket(flags);
  const awaiting = { client: program.client(apiSocket), clock: program.clock, timeoutMs };
  const isAwaited = new Set(deleted.map(({ ref: { namespace, name } }) => `${namespace}/${name}`));
  const stop = followPods(program, {
    apiSocket,
    wanted: ({ namespace, name }) => isAwaited.has(`${namespace}/${name}`),
  });
  const left = await Promise.all(
    deleted.map(async ({ ref, uid }) => ((await awaitObject(awaiting, ref, isGone(uid))) ? [] : [ref])),
  ).finally(stop);
  return left.flat();
}
