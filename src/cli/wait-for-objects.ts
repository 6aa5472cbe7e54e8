import { askApi, type NodeClient } from '../client/index.ts';
import { loadKinds, nameOfKind, pathOf } from './api-kinds.ts';
import { askDaemon } from './ask-daemon.ts';
import { awaitObject, type ObjectRef } from './await-object.ts';
import type { CommandCall } from './command.ts';
import { escapeControl } from './escape-control.ts';
import { failureLine } from './failure-line.ts';
import * as shared from './flags.ts';
import { followPods } from './follow-pods.ts';
import { readObjectOperands } from './object-operands.ts';
import { type ObjectSelection, selectObjects } from './select-objects.ts';
import type { WaitCondition } from './wait-condition.ts';

export interface Wait {
  readonly condition: WaitCondition;
  readonly timeoutMs: number;
  readonly selection: ObjectSelection;
}

/** `tinylet wait`. */
export async function waitForObjects(call: CommandCall, wait: Wait): Promise<number> {
  const { flags, operands, program } = call;
  const apiSocket = shared.readApiSocket(flags);
  const client = program.client(apiSocket);
  const kinds = await askDaemon(() => loadKinds(client));
  const named = readObjectOperands(operands, kinds);
  const objects = await selectObjects(client, named, wait.selection);
  if (objects.length === 0) throw new Error('no matching resources found');
  return awaitAll(call, objects, wait);
}

/** All at once, told in their order; resolves to the exit code. */
export async function awaitAll(
  { flags, program }: Pick<CommandCall, 'flags' | 'program'>,
  objects: readonly ObjectRef[],
  { condition, timeoutMs }: Pick<Wait, 'condition' | 'timeoutMs'>,
): Promise<number> {
  const apiSocket = shared.readApiSocket(flags);
  const client = program.client(apiSocket);
  const isAwaited = new Set(
    objects.filter(({ kind }) => kind.name === 'pods').map(({ namespace, name }) => `${namespace}/${name}`),
  );
  const stop = followPods(program, {
    apiSocket,
    wanted: ({ namespace, name }) => isAwaited.has(`${namespace}/${name}`),
  });
  const lines = await Promise.all(
    objects.map((object) => outcomeOf(client, object, { condition, timeoutMs, clock: program.clock })),
  ).finally(stop);
  for (const { met } of lines) if (met !== undefined) program.out(`${met}\n`);
  const failures = lines.flatMap(({ failure }) => failure ?? []);
  for (const failure of failures) program.err(`${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

interface Outcome {
  readonly met?: string;
  readonly failure?: string;
}

async function outcomeOf(
  client: NodeClient,
  object: ObjectRef,
  {
    condition,
    timeoutMs,
    clock,
  }: Pick<Wait, 'condition' | 'timeoutMs'> & Pick<CommandCall['program'], 'clock'>,
): Promise<Outcome> {
  const { kind, namespace, name } = object;
  try {
    // What is not there is told in the API's own words.
    if (!condition.takesAbsence) await askApi(client, { path: pathOf(kind, { namespace, name }) });
    const isMet = await awaitObject({ client, clock, timeoutMs }, object, condition.isMet);
    if (isMet) return { met: escapeControl(`${nameOfKind(kind)}/${name} condition met`) };
    return { failure: escapeControl(`error: timed out waiting for the condition on ${kind.name}/${name}`) };
  } catch (error) {
    return { failure: failureLine(error) };
  }
}
