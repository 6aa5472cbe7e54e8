import { ApiFailure } from '../../apimachinery/index.ts';
import { isJsonList, isJsonObject, type JsonObject, type JsonValue, messageOf } from '../../base/index.ts';

/** One container that is to run to its end. */
export interface RunRequest {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  /** What it reads from its standard input; none, if absent. */
  readonly stdin?: string;
  /** From the request on, with the pull of the image. */
  readonly timeoutMs: number;
  readonly namespace: string;
  /** core/v1 ResourceRequirements, as they were written. */
  readonly resources?: JsonObject;
}

const DEFAULT_TIMEOUT_SECONDS = 300;
const MAX_TIMEOUT_SECONDS = 86_400;

/** What is wrong with one member: `env.A: must be a string`. */
class Wrong extends Error {}

const MEMBERS = ['image', 'command', 'args', 'env', 'stdin', 'timeout_seconds', 'namespace', 'resources'];

/** Reads the body of a request, whatever it calls itself: curl says it were a form. Throws BadRequest with all that is wrong, by member. */
export function readRunRequest(body: Uint8Array): RunRequest {
  const written = objectOf(body);
  const wrong = Object.keys(written)
    .filter((name) => !MEMBERS.includes(name))
    .map((name) => `${JSON.stringify(name)}: unknown; there are ${MEMBERS.join(', ')}`);
  const read = <T>(name: string, reader: (value: JsonValue, name: string) => T, fallback: T): T => {
    const value = written[name];
    if (value === undefined || value === null) return fallback;
    try {
      return reader(value, name);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      wrong.push(error.message);
      return fallback;
    }
  };
  const image = read('image', text, '');
  if (image === '' && !wrong.some((each) => each.startsWith('image:')))
    wrong.unshift('image: which one is to run?');
  const stdin = read('stdin', text, '');
  const resources = read<JsonObject | undefined>('resources', object, undefined);
  const request: RunRequest = {
    ...{ image, command: read('command', words, []), args: read('args', words, []) },
    env: read('env', variables, []),
    ...(stdin !== '' && { stdin }),
    timeoutMs: 1000 * read('timeout_seconds', seconds, DEFAULT_TIMEOUT_SECONDS),
    namespace: read('namespace', text, '') || 'default',
    ...(resources && { resources }),
  };
  if (wrong.length > 0) throw new ApiFailure('BadRequest', wrong.join('; '));
  return request;
}

function objectOf(body: Uint8Array): JsonObject {
  const example = '{"image": "…", "command": "echo", "args": "hello world"}';
  const cannot = (why: string): ApiFailure =>
    new ApiFailure('BadRequest', `${why}: send one like ${example}`);
  if (body.length === 0) throw cannot('there is no body');
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch (error) {
    throw cannot(`the body is not JSON (${messageOf(error)})`);
  }
  if (isJsonObject(value)) return value;
  throw cannot('the body is no JSON object');
}

function text(value: JsonValue, name: string): string {
  if (typeof value === 'string') return value;
  throw new Wrong(`${name}: must be a string`);
}

function object(value: JsonValue, name: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new Wrong(`${name}: must be an object`);
}

/** A text is split where it has white space, as the kubelet's /run does; a list is taken as it is. */
function words(value: JsonValue, name: string): readonly string[] {
  if (typeof value === 'string') return value.split(/\s+/).filter((word) => word !== '');
  if (isJsonList(value)) return value.map((word, index) => text(word, `${name}[${index}]`));
  throw new Wrong(`${name}: must be a string or a list of strings`);
}

function variables(value: JsonValue): RunRequest['env'] {
  if (isJsonList(value)) return value.map((each, index) => variable(each, `env[${index}]`));
  if (isJsonObject(value))
    return Object.entries(value).map(([name, each]) => ({ name, value: text(each ?? null, `env.${name}`) }));
  throw new Wrong('env: must be an object of strings, or a list of {"name", "value"}');
}

function variable(value: JsonValue, path: string): RunRequest['env'][number] {
  const { name, value: itsValue, ...others } = object(value, path);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new Wrong(`${path}.${unknown}: unknown; there are name and value`);
  return { name: text(name ?? null, `${path}.name`), value: text(itsValue ?? '', `${path}.value`) };
}

function seconds(value: JsonValue, name: string): number {
  if (typeof value === 'number' && value > 0 && value <= MAX_TIMEOUT_SECONDS) return value;
  throw new Wrong(`${name}: must be a number above 0, and no more than ${MAX_TIMEOUT_SECONDS}`);
}
