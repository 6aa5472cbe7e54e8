import { listAt, objectAt, TinyletError, textAt } from '../base/index.ts';
import { askApi, type NodeClient } from '../client/index.ts';
import { pathOf } from './api-kinds.ts';
import type { ObjectRef } from './await-object.ts';
import type { Flag, FlagReader } from './flag.ts';
import * as shared from './flags.ts';
import type { NamedObjects } from './object-operands.ts';

export interface ObjectSelection {
  /** Undefined for all. */
  readonly namespace: string | undefined;
  readonly labelSelector: string | undefined;
  readonly fieldSelector: string | undefined;
  readonly all: boolean;
}

/** What the flags of a command select, that has them all. */
export function readSelection(flags: FlagReader, allFlag: Flag<boolean>): ObjectSelection {
  return {
    namespace: shared.readNamespaces(flags),
    labelSelector: shared.readSelector(flags),
    fieldSelector: shared.readFieldSelector(flags),
    all: flags.read(allFlag) === true,
  };
}

/** Objects by their names, or those there are that a selection has. Throws USAGE where neither is given, or both. */
export async function selectObjects(
  client: NodeClient,
  named: readonly NamedObjects[],
  { namespace, labelSelector, fieldSelector, all }: ObjectSelection,
): Promise<readonly ObjectRef[]> {
  const isSelection = labelSelector !== undefined || fieldSelector !== undefined || all;
  const hasNames = named.some(({ names }) => names.length > 0);
  if (isSelection === hasNames)
    throw new TinyletError(
      'USAGE',
      isSelection
        ? 'either names, or --all or a selector'
        : 'name what is meant, or give --all or a selector',
    );
  if (hasNames && namespace === undefined && named.some(({ kind }) => kind.namespaced))
    throw new TinyletError('USAGE', shared.NAME_IN_ALL);
  const refs: ObjectRef[] = [];
  for (const { kind, names } of named) {
    if (hasNames) {
      refs.push(...names.map((name) => ({ kind, namespace: namespace ?? '', name })));
      continue;
    }
    const path = pathOf(kind, { namespace, query: { labelSelector, fieldSelector } });
    for (const item of listAt(await askApi(client, { path }), 'items')) {
      const metadata = objectAt(item, 'metadata');
      refs.push({ kind, namespace: textAt(metadata, 'namespace'), name: textAt(metadata, 'name') });
    }
  }
  return refs;
}
