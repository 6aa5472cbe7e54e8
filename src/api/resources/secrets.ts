import { type JsonObject, objectAt, textAt } from '../../base/index.ts';
import type { Resource } from '../resource.ts';
import { invalidField } from '../verbs/failures.ts';
import { AGE, ageOf, column, NAME, nameOf, orElse, sizeOf } from './columns.ts';
import { refuseDataChange } from './immutable-data.ts';

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
  complete: encodeStringData,
  refuseChange(before, after) {
    const [was, is] = [typeOf(before), typeOf(after)];
    return [
      ...(was === is ? [] : [invalidField('type', is, 'field is immutable')]),
      ...refuseDataChange(before, after, ['data']),
    ];
  },
};

function typeOf(secret: JsonObject): string {
  return orElse(textAt(secret, 'type'), 'Opaque');
}

/** stringData is only ever written: what is read has it in data (core/v1 Secret.stringData). */
function encodeStringData({ stringData, ...secret }: JsonObject): JsonObject {
  if (stringData === undefined) return secret;
  const encoded = Object.keys(objectAt({ stringData }, 'stringData')).map((key): [string, string] => [
    key,
    Buffer.from(textAt(stringData, key), 'utf8').toString('base64'),
  ]);
  const data = [...Object.entries(objectAt(secret, 'data')), ...encoded];
  return { ...secret, ...(data.length > 0 && { data: Object.fromEntries(data) }) };
}
