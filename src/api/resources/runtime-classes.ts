import { textAt } from '../../base/index.ts';
import type { Resource } from '../resource.ts';
import { invalidField } from '../verbs/failures.ts';
import { AGE, ageOf, column, NAME, nameOf } from './columns.ts';

export const runtimeClasses: Resource = {
  group: 'node.k8s.io',
  version: 'v1',
  name: 'runtimeclasses',
  singular: 'runtimeclass',
  kind: 'RuntimeClass',
  namespaced: false,
  shortNames: [],
  categories: [],
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [],
  columns: [NAME, column('Handler', 'The handler of the runtime.'), AGE],
  cells: (runtimeClass, nowMs) => [
    nameOf(runtimeClass),
    textAt(runtimeClass, 'handler'),
    ageOf(runtimeClass, nowMs),
  ],
  fields: {},
  refuseChange(before, after) {
    const [was, is] = [textAt(before, 'handler'), textAt(after, 'handler')];
    return was === is ? [] : [invalidField('handler', is, 'field is immutable')];
  },
};
