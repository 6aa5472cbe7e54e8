import { objectAt, textAt } from '../../base/index.ts';
import type { Resource } from '../resource.ts';
import { AGE, ageOf, column, NAME, nameOf } from './columns.ts';

export const leases: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  name: 'leases',
  singular: 'lease',
  kind: 'Lease',
  namespaced: true,
  shortNames: [],
  categories: [],
  verbs: ['get', 'list', 'watch'],
  subresources: [],
  columns: [NAME, column('Holder', 'Who shows by it that it lives.'), AGE],
  cells: (lease, nowMs) => [
    nameOf(lease),
    textAt(objectAt(lease, 'spec'), 'holderIdentity'),
    ageOf(lease, nowMs),
  ],
  fields: {},
};
