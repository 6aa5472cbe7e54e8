import type { Resource } from '../resource.ts';
import { AGE, ageOf, column, NAME, nameOf, sizeOf } from './columns.ts';
import { refuseDataChange } from './immutable-data.ts';

export const configMaps: Resource = {
  group: '',
  version: 'v1',
  name: 'configmaps',
  singular: 'configmap',
  kind: 'ConfigMap',
  namespaced: true,
  shortNames: ['cm'],
  categories: [],
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [],
  columns: [NAME, column('Data', 'How many keys it has.'), AGE],
  cells: (configMap, nowMs) => [
    nameOf(configMap),
    sizeOf(configMap, 'data', 'binaryData'),
    ageOf(configMap, nowMs),
  ],
  fields: {},
  refuseChange: (before, after) => refuseDataChange(before, after, ['data', 'binaryData']),
};
