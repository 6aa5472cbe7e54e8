import { listAt, objectAt, TinyletError, textAt } from '../base/index.ts';
import { askApi, type NodeClient } from '../client/index.ts';
import { pathOf } from './api-kinds.ts';
import type { ObjectRef } from './await-object.ts';
import type { NamedObjects } from './object-operands.ts';

export interface ObjectSelection {
  readonly namespace: string;
  readonly labelSelector: string | undefined;
  readonly fieldSelector: string | undefined;
  readonly all: boolean;
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
  const refs: ObjectRef[] = [];
  for (const { kind, names } of named) {
    const path = pathOf(kind, { namespace, query: { labelSelector, fieldSelector } });
    const found = hasNames
      ? names
      : listAt(await askApi(client, { path }), 'items').map((item) =>
          textAt(objectAt(item, 'metadata'), 'name'),
        );
    refs.push(...found.map((name) => ({ kind, namespace, name })));
  }
  return refs;
}
