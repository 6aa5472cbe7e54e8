import type { AuthConfig } from '../cri/index.ts';

/** Credentials for one registry, or for a part of it, as a file or Secret names it. */
export interface RegistryEntry {
  /** The key they stand under: a host, with a port, a path, a scheme, or `*` in the host's parts. */
  readonly registry: string;
  readonly auth: AuthConfig;
}

/** What a docker config says of credentials. */
export interface DockerConfig {
  readonly entries: readonly RegistryEntry[];
  /** Names of helper programs (`docker-credential-<name>`) by registry. */
  readonly helpers: ReadonlyMap<string, string>;
  /** The helper for registries that have none of their own. */
  readonly defaultHelper?: string;
  /** What is wrong with the text, in words that repeat nothing of it. The rest of it holds all the same. */
  readonly problem?: string;
}

const BAD_SHAPE = 'it is not a docker configuration';
const BAD_ENTRY = 'an entry is not what docker writes and was passed over';

/** A config.json as docker keeps it, and as a Secret of type kubernetes.io/dockerconfigjson holds it. Never throws. */
export function parseDockerConfig(text: string): DockerConfig {
  const config = readObject(text);
  if (typeof config === 'string') return nothing(config);
  const { auths = {}, credHelpers = {}, credsStore } = config;
  if (!isObject(auths) || !isObject(credHelpers)) return nothing(BAD_SHAPE);
  const helpers = Object.entries(credHelpers).filter(isPairOfText);
  const { entries, problem } = readEntries(auths);
  const passedOver = problem ?? (helpers.length < Object.keys(credHelpers).length ? BAD_ENTRY : undefined);
  return {
    entries,
    helpers: new Map(helpers),
    ...(typeof credsStore === 'string' && credsStore !== '' && { defaultHelper: credsStore }),
    ...(passedOver !== undefined && { problem: passedOver }),
  };
}

/** The older form, which is what stands under `auths` in the newer: a Secret of type kubernetes.io/dockercfg. Never throws. */
export function parseDockercfg(text: string): DockerConfig {
  const auths = readObject(text);
  return typeof auths === 'string' ? nothing(auths) : { helpers: new Map(), ...readEntries(auths) };
}

function nothing(problem: string): DockerConfig {
  return { entries: [], helpers: new Map(), problem };
}

function readEntries(auths: Fields): Pick<DockerConfig, 'entries' | 'problem'> {
  const read = Object.entries(auths).map(([registry, fields]) => ({ registry, auth: readAuth(fields) }));
  const entries = read.flatMap(({ registry, auth }) =>
    auth === undefined || isEmpty(auth) ? [] : [{ registry, auth }],
  );
  return { entries, ...(read.some(({ auth }) => auth === undefined) && { problem: BAD_ENTRY }) };
}

const AUTH_FIELDS = ['username', 'password', 'auth', 'identitytoken', 'registrytoken'];

/** Undefined for what is none; empty where a credential helper keeps the secret. `auth` wins over the fields it stands for. */
function readAuth(fields: unknown): AuthConfig | undefined {
  if (!isObject(fields) || !AUTH_FIELDS.every((name) => isTextOrAbsent(fields[name]))) return undefined;
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  const [auth, identity, registry] = [text('auth'), text('identitytoken'), text('registrytoken')];
  const pair = auth === '' ? { username: text('username'), password: text('password') } : decodePair(auth);
  if (pair === undefined) return undefined;
  // The user name beside a token is a placeholder, and runtimes would try it first.
  if (identity !== '') return { identity_token: identity };
  return registry === '' ? pair : { ...pair, registry_token: registry };
}

/** `user:password` in base64, with or without its padding; docker fills short passwords up with zero bytes. */
function decodePair(auth: string): AuthConfig | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(auth.trim())) return undefined;
  const text = Buffer.from(auth, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/^\0+|\0+$/g, '') };
}

function isEmpty(auth: AuthConfig): boolean {
  return Object.values(auth).every((value) => value === '');
}

type Fields = Readonly<Record<string, unknown>>;

/** Or what is wrong with the text. The parser's own words repeat parts of it (CVE-2020-8564). */
function readObject(text: string): Fields | string {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : BAD_SHAPE;
  } catch {
    return 'it is not valid JSON';
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}

function isPairOfText(pair: [string, unknown]): pair is [string, string] {
  return typeof pair[1] === 'string';
}
