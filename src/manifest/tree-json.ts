import type { JsonObject, JsonValue } from '../base/index.ts';
import type { MapTree, Tree } from './tree.ts';

/** A document as JSON. What is null in a map is left out: to Kubernetes it is absent. */
export function jsonOf(tree: Tree): JsonValue {
  switch (tree.kind) {
    case 'null':
      return null;
    case 'integer':
      return Number(tree.value);
    case 'list':
      return tree.items.map(jsonOf);
    case 'map':
      return jsonOfMap(tree);
    default:
      return tree.value;
  }
}

export function jsonOfMap({ entries }: MapTree): JsonObject {
  // No key means anything special to fromEntries.
  return Object.fromEntries(
    [...entries].flatMap(([key, { value }]) =>
      value.kind === 'null' ? [] : [[key, jsonOf(value)] as const],
    ),
  );
}

/** What stands in a field, if it is a map. */
export function jsonOfField(tree: Tree | undefined): JsonObject | undefined {
  return tree?.kind === 'map' ? jsonOfMap(tree) : undefined;
}
