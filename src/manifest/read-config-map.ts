import type { ConfigMap, ObjectMeta } from '../pod/index.ts';
import { contentDigest } from './content-digest.ts';
import type { Fields } from './fields.ts';
import type { Problems } from './problems.ts';
import { type Data, DataReader } from './read-data.ts';

/** Reads a ConfigMap (core/validation: ValidateConfigMap). */
export function readConfigMap(fields: Fields, metadata: ObjectMeta, problems: Problems): ConfigMap {
  const reader = new DataReader(fields, problems, { secret: false });
  const data = reader.texts('data');
  const binaryData = reader.base64('binaryData');
  for (const [key, datum] of data) {
    if (binaryData.has(key)) {
      reader.report('data', key, datum, `Invalid value: "${key}": duplicate of key present in binaryData`);
    }
  }
  reader.checkSize(bytesOf(data, 'utf8') + bytesOf(binaryData, 'base64'));
  const content = { data: textsOf(data), binaryData: textsOf(binaryData) };
  const immutable = reader.flag('immutable');
  return { kind: 'ConfigMap', metadata, ...content, immutable, digest: contentDigest(content) };
}

function bytesOf(data: Data, encoding: 'utf8' | 'base64'): number {
  return [...data.values()].reduce((sum, { text }) => sum + Buffer.byteLength(text, encoding), 0);
}

function textsOf(data: Data): ReadonlyMap<string, string> {
  return new Map([...data].map(([key, { text }]) => [key, text]));
}
