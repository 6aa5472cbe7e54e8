import type { ObjectMeta, Secret } from '../pod/index.ts';
import { contentDigest } from './content-digest.ts';
import type { Fields } from './fields.ts';
import type { Problems } from './problems.ts';
import { type Data, DataReader, type Datum } from './read-data.ts';

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
  const immutable = reader.flag('immutable');
  const digest = contentDigest({ type, data: texts });
  return { kind: 'Secret', metadata, type, data: texts, immutable, digest };
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
