import { textAt } from '../../base/index.ts';
import type { Resource } from '../resource.ts';
import { AGE, ageOf, column, NAME, nameOf } from './columns.ts';

export const namespaces: Resource = {
  group: '',
  version: 'v1',
  name: 'namespaces',
  singular: 'namespace',
  kind: 'Namespace',
  namespaced: false,
  shortNames: ['ns'],
  categories: [],
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [{ name: 'status', verbs: ['get'] }],
  columns: [NAME, column('Status', 'Whether the namespace is there to stay.'), AGE],
  cells: (namespace, nowMs) => [
    nameOf(namespace),
    textAt(namespace.status, 'phase'),
    ageOf(namespace, nowMs),
  ],
  fields: { 'status.phase': ({ status }) => textAt(status, 'phase') },
};
