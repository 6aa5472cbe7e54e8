import type { Fields } from './fields.ts';

/** The names of the containers as they stand: what is wrong with them is for their own reader to tell. */
export function containerNames(spec: Fields): ReadonlySet<string> {
  const lists = ['initContainers', 'containers'].map((name) => spec.tree(name));
  const items = lists.flatMap((list) => (list?.kind === 'list' ? list.items : []));
  const names = items.flatMap((container) => {
    const name = container.kind === 'map' ? container.entries.get('name')?.value : undefined;
    return name?.kind === 'string' ? name.value : [];
  });
  return new Set(names);
}
