/** As the manifest has them, with the name we go by where it names none. */
export interface GivenHeaders {
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly userAgent: string;
}

/** What the protocol itself decides; Go writes none of these from the headers it is given. */
const NOT_OURS = new Set(['host', 'content-length', 'transfer-encoding', 'trailer']);
/** Of these only the first one counts. */
const SINGLE = new Set(['user-agent', 'connection']);

/**
 * The headers of a probe or a hook (kubelet: pkg/probe/http/request.go): same names add up, `User-Agent` and `Accept` have defaults, and
 * an empty one of these two takes the default away. `Host` is not among them.
 */
export function requestHeaders({ headers, userAgent }: GivenHeaders): Record<string, string | string[]> {
  const values = new Map<string, string[]>([
    ['user-agent', [userAgent]],
    ['accept', ['*/*']],
  ]);
  for (const [name, given] of byName(headers)) {
    if (NOT_OURS.has(name)) continue;
    values.set(name, SINGLE.has(name) ? given.slice(0, 1) : given);
  }
  for (const name of ['user-agent', 'accept']) if (values.get(name)?.[0] === '') values.delete(name);
  return Object.fromEntries([...values].map(([name, list]) => [spelled(name), list.map(asBytes)]));
}

/** The first `Host` header, which is asked for in place of the address. */
export function hostHeader({ headers }: GivenHeaders): string | undefined {
  const [first] = byName(headers).get('host') ?? [];
  return first === undefined || first === '' ? undefined : asBytes(first);
}

function byName(headers: GivenHeaders['headers']): ReadonlyMap<string, string[]> {
  const values = new Map<string, string[]>();
  for (const { name, value } of headers) {
    const key = name.toLowerCase();
    const list = values.get(key);
    if (list === undefined) values.set(key, [value]);
    else list.push(value);
  }
  return values;
}

/** As Go writes names, for servers that do not know that case does not matter. */
function spelled(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}

/** Node takes a character for a byte, Go writes UTF-8. */
function asBytes(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1');
}
