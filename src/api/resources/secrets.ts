import { textAt } from '../../base/index.ts';
import type { Resource } from '../resource.ts';
import { AGE, ageOf, column, NAME, nameOf, sizeOf } from './columns.ts';

export const secrets: Resource = {
  group: '',
  version: 'v1',
  name: 'secrets',
  singular: 'secret',
  kind: 'Secret',
  namespaced: true,
  shortNames: [],
  categories: [],
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [],
  columns: [NAME, column('Type', 'What it is for.'), column('Data', 'How many keys it has.'), AGE],
  cells: (secret, nowMs) => [
    nameOf(secret),
    textAt(secret, 'type'),
    sizeOf(secret, 'data'),
    ageOf(secret, nowMs),
  ],
  fields: { type: (secret) => textAt(secret, 'type') },
};
