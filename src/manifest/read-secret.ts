import type { ObjectMeta, Secret } from '../pod/index.ts';
import { contentDigest } from './content-digest.ts';
import { shapes } from './field-fates.ts';
import type { Fields, Item } from './fields.ts';
import { nearestWord } from './nearest-word.ts';
import { type Problems, quote } from './problems.ts';
import { type Data, DataReader, type Datum } from './read-data.ts';
import { childPath } from './tree.ts';

/** Reads a Secret (core/validation: ValidateSecret). What `stringData` says is laid over `data`, as an API server does. */
export function readSecret(fields: Fields, metadata: ObjectMeta, problems: Problems): Secret {
  const reader = new DataReader(fields, problems, { secret: true });
  const before = problems.count;
  const encoded = [...reader.texts('stringData')].map(([key, datum]) => [key, encode(datum)] as const);
  const data: Data = new Map([...reader.base64('data'), ...encoded]);
  reader.checkSize([...data.values()].reduce((sum, { text }) => sum + Buffer.byteLength(text, 'base64'), 0));
  const type = fields.text('type') ?? 'Opaque';
  // Where the data is broken, what its type asks of it says nothing new.
  if (problems.count === before) checkType(type, data, { fields, reader });
  const texts = new Map([...data].map(([key, { text }]) => [key, text]));
  const immutable = fields.boolean('immutable') ?? false;
  const digest = contentDigest({ type, data: texts });
  return { kind: 'Secret', metadata, type, data: texts, immutable, digest };
}

/**
 * The document without fields that no Secret has. They are reported here, because their names may be parts of values that stand
 * too far to the left: only what is nearly the name of a field is told.
 */
export function withoutUnknownFields(document: Item, problems: Problems): Item {
  const { tree, path } = document;
  if (tree.kind !== 'map') return document;
  const known = [...tree.entries].filter(([name, { offset }]) => {
    if (shapes.secret.has(name)) return true;
    const near = nearestWord(name, problems.enough ? [] : shapes.secret.keys());
    if (near === undefined) {
      problems.error(offset, path, 'unknown field of a Secret (not shown, for it may be part of a value)');
    } else {
      const field = childPath(path, name);
      problems.error(offset, field, `unknown field ${quote(field)}, did you mean ${quote(near)}?`);
    }
    return false;
  });
  return { tree: { ...tree, entries: new Map(known) }, path };
}

function encode({ text, offset }: Datum): Datum {
  return { text: Buffer.from(text).toString('base64'), offset };
}

interface Context {
  readonly fields: Fields;
  readonly reader: DataReader;
}

/** The types of which Kubernetes asks something; any other word is a type, too. */
function checkType(type: string, data: Data, { fields, reader }: Context): void {
  const require = (...keys: readonly string[]): void => {
    for (const key of keys) reader.report('data', key, data.get(key), 'Required value');
  };
  switch (type) {
    case 'kubernetes.io/service-account-token':
      fields.report('type', 'Forbidden: there is no API server here to issue a token');
      break;
    case 'kubernetes.io/dockercfg':
      checkJson('.dockercfg', data, reader);
      break;
    case 'kubernetes.io/dockerconfigjson':
      checkJson('.dockerconfigjson', data, reader);
      break;
    case 'kubernetes.io/basic-auth':
      if (!data.has('username') && !data.has('password')) require('username', 'password');
      break;
    case 'kubernetes.io/ssh-auth':
      if (!data.get('ssh-privatekey')?.text) require('ssh-privatekey');
      break;
    case 'kubernetes.io/tls':
      require(...['tls.crt', 'tls.key'].filter((key) => !data.has(key)));
      break;
  }
}

function checkJson(key: string, data: Data, reader: DataReader): void {
  const datum = data.get(key);
  if (datum === undefined) reader.report('data', key, datum, 'Required value');
  else if (!isJsonObject(datum.text)) {
    reader.report('data', key, datum, 'Invalid value: "<secret contents redacted>": must be a JSON object');
  }
}

function isJsonObject(base64: string): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
