import type { AuthConfig } from '../cri/index.ts';
import type { RegistryEntry } from './docker-config.ts';
import type { Repository } from './reference.ts';

/** What docker's own registry is called in configurations. */
const DOCKER_HUB = 'index.docker.io';

/**
 * The credentials that an image may be pulled with, in the order to try them (kubelet: pkg/credentialprovider/keyring.go). An entry
 * holds for its very host and port; `*` stands for a part of the host between dots, never for more; a path in it holds for
 * repositories that begin with it. Entries are tried in falling order of their text, so that of two alike the longer comes first.
 */
export function matchingCredentials(
  entries: readonly RegistryEntry[],
  image: Repository,
): readonly AuthConfig[] {
  const keyed = entries.map(({ registry, auth }) => ({ key: keyOf(registry), auth }));
  const inOrder = keyed.toSorted((a, b) => compare(textOf(b.key), textOf(a.key)));
  const matching = inOrder.filter(({ key }) => matches(key, image));
  const found =
    matching.length > 0 || image.host !== 'docker.io'
      ? matching
      : inOrder.filter(({ key }) => textOf(key) === DOCKER_HUB);
  return found.map(({ auth }) => auth);
}

interface Key {
  readonly host: string;
  /** Empty, or begins with `/`. */
  readonly path: string;
}

/** Docker writes some keys as addresses of its API: `https://index.docker.io/v1/`. */
function keyOf(registry: string): Key {
  const address = registry.replace(/^https?:\/\//, '').replace(/[?#].*$/s, '');
  const slash = address.indexOf('/');
  const host = (slash < 0 ? address : address.slice(0, slash)).replace(/^.*@/, '');
  const path = slash < 0 ? '' : address.slice(slash).replace(/^\/v[12](?=\/)/, '');
  return { host, path: path === '/' ? '' : path };
}

function textOf({ host, path }: Key): string {
  return host + path;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function matches(key: Key, image: Repository): boolean {
  return hostMatches(key.host, image.host) && `/${image.path}`.startsWith(key.path);
}

function hostMatches(pattern: string, host: string): boolean {
  if (pattern === host) return true;
  const [wanted, actual] = [splitHost(pattern), splitHost(host)];
  return (
    wanted.port === actual.port &&
    wanted.parts.length === actual.parts.length &&
    wanted.parts.every((part, index) => globMatches(part, actual.parts[index] ?? ''))
  );
}

function splitHost(text: string): { parts: readonly string[]; port: string } {
  const [, host = '', port = ''] = /^(.*?)(?::(\d*))?$/s.exec(text) ?? [];
  return { parts: host.split('.'), port };
}

/**
 * Whether all of `text` is what a pattern with `*` and `[a-z]` says, as Go's path.Match has it; its `?` begins a query in an address.
 * Only the latest star is ever tried anew, so that no pattern takes long.
 */
function globMatches(pattern: string, text: string): boolean {
  const tokens = pattern.match(/\[\^?[^\]]+\]|./gs) ?? [];
  let [token, at] = [0, 0];
  /** Where the latest star is, and up to where it reaches. */
  let star: { readonly token: number; readonly end: number } | undefined;
  while (at < text.length) {
    const next = tokens[token];
    if (next === '*') {
      star = { token, end: at };
      token += 1;
    } else if (next !== undefined && matchesOne(next, text.charAt(at))) {
      token += 1;
      at += 1;
    } else if (star !== undefined) {
      star = { token: star.token, end: star.end + 1 };
      token = star.token + 1;
      at = star.end;
    } else return false;
  }
  return tokens.slice(token).every((rest) => rest === '*');
}

function matchesOne(token: string, character: string): boolean {
  if (!token.startsWith('[') || token.length < 3) return token === character;
  const isNegated = token.startsWith('[^');
  const inside = token.slice(isNegated ? 2 : 1, -1);
  const ranges = inside.match(/.-.|./gs) ?? [];
  const found = ranges.some(
    (range) => range.charAt(0) <= character && character <= range.charAt(range.length - 1),
  );
  return found !== isNegated;
}
