import { isIP, isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { isDnsName } from '../access/index.ts';
import { readDurationMs, TinyletError } from '../base/index.ts';
import { dns1123LabelErrors } from '../pod/index.ts';

/** `sun_path` of Linux has 108 bytes, the last of them zero: a longer path would be cut or refused with EINVAL. */
const MAX_SOCKET_PATH_BYTES = 107;

const UNIT_BYTES: Readonly<Record<string, number>> = { '': 1, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 };

/** What a value parser throws: says what is wrong with the text; the reader adds which flag or variable it came from. */
function refuse(text: string, why: string): never {
  throw new TinyletError('USAGE', `${JSON.stringify(text)} ${why}`);
}

/** Durations as Go writes them: `500ms`, `2s`, `1m30s`. Gives milliseconds; refuses anything else, and what is out of range. */
export function parseDurationMs(range: { minMs: number; maxMs: number }): (text: string) => number {
  return (text) => {
    const valueMs = readDurationMs(text);
    if (valueMs === undefined) return refuse(text, 'is not a duration; write it like 500ms, 2s or 1m30s');
    if (valueMs < range.minMs) refuse(text, `is too short; the least is ${inOneUnit(range.minMs)}`);
    if (valueMs > range.maxMs) refuse(text, `is too long; the most is ${inOneUnit(range.maxMs)}`);
    return valueMs;
  };
}

/** `24h`, `5m`, `500ms`: in the largest unit that says it without a fraction. */
function inOneUnit(ms: number): string {
  const units = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const;
  const [unit, unitMs] = units.find(([, each]) => ms % each === 0 && ms >= each) ?? ['ms', 1];
  return `${ms / unitMs}${unit}`;
}

/** A whole number in a range. */
export function parseWholeNumber(range: { min: number; max: number }): (text: string) => number {
  return (text) => {
    if (!/^\d{1,15}$/.test(text)) refuse(text, 'is not a whole number');
    const value = Number(text);
    if (value < range.min || value > range.max)
      refuse(text, `is out of range; from ${range.min} to ${range.max}`);
    return value;
  };
}

/** A number of bytes: `65536`, `64Ki`, `1Mi`. */
export function parseByteCount(text: string): number {
  const match = /^(\d+)(Ki|Mi|Gi)?$/.exec(text);
  if (match === null) return refuse(text, 'is not a size; write it like 65536, 64Ki or 1Mi');
  const bytes = Number(match[1]) * (UNIT_BYTES[match[2] ?? ''] ?? 1);
  if (bytes < 1 || bytes > 1024 ** 3) return refuse(text, 'is out of range; from 1 byte to 1Gi');
  return bytes;
}

/** The same, where nothing and less mean something, too: `0`, `-1`. */
export function parseSignedByteCount(text: string): number {
  return /^(0+|-\d{1,15})$/.test(text) ? Number(text) : parseByteCount(text);
}

/** A path, made absolute; empty for `off`. */
export function parseOffOrPath(text: string): string {
  return text === 'off' ? '' : parsePath(text);
}

/** A path, made absolute: the daemon may outlive the directory it was started in. */
export function parsePath(text: string): string {
  if (text.includes('\0')) refuse(text, 'is not a path');
  return resolve(text);
}

/** The root of another process, the one place from which its mounts can be seen and made. */
export function parseRuntimeRoot(text: string): string {
  if (!/^\/proc\/\d+\/root\/?$/.test(text))
    refuse(text, 'is not the root of a process; write it like /proc/1/root');
  return resolve(text);
}

/** `127.0.0.1:10250`, `[::1]:10250`, `localhost:0`; or `off`. */
export function parseOffOrListenAddress(text: string): 'off' | { host: string; port: number } {
  if (text === 'off') return 'off';
  const [, v6, name, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = v6 ?? name ?? '';
  const port = Number(digits ?? -1);
  const isHost = v6 === undefined ? isIP(host) === 4 || isDnsName(host) : isIPv6(v6);
  if (!isHost || port < 0 || port > 65_535)
    refuse(text, 'is no address to listen on; write it like 127.0.0.1:10250 or [::1]:10250, or off');
  return { host: host.toLowerCase(), port };
}

/** A DNS name, or an address. */
export function parseHostName(text: string): string {
  if (isIP(text) === 0 && !isDnsName(text)) refuse(text, 'is neither a name of a host nor an address');
  return text.toLowerCase();
}

/** The name of a sysctl, or the beginning of one and `*`, as the kubelet takes them. */
export function parseSysctlPattern(text: string): string {
  const pattern = text.replaceAll('/', '.');
  if (!/^[a-z0-9]([-_.a-z0-9]*[a-z0-9])?(\.?\*)?$/.test(pattern))
    refuse(text, 'is not a sysctl; write it like net.core.somaxconn or kernel.msg*');
  return pattern;
}

/** Where manifests come from. */
export type ManifestSource = { readonly directory: string } | { readonly url: string };

/** A directory of manifests, made absolute, or a URL. */
export function parseManifestSource(text: string): ManifestSource {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return { directory: parsePath(text) };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // What is wrong with a URL is told without it where there may be a password in it.
  if (/^[^/]*\/\/[^/?#]*@/.test(text) || url?.username || url?.password)
    throw new TinyletError(
      'USAGE',
      'a URL must hold no user and no password, which everybody could read in the process list: use --url-token-file or --manifest-url-header',
    );
  if (scheme !== 'http' && scheme !== 'https')
    refuse(text, 'is neither a directory nor a URL of https or http');
  if (url === undefined) return refuse(text, 'is not a URL; write it like https://host/pods.yaml');
  url.hash = '';
  return { url: url.href };
}

/** Colons separate sources, but those of a URL: after its scheme, in an IPv6 address, and before its port. In a path write %3A. */
export function separateManifestSources(text: string): readonly string[] {
  const url = /[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?(?:\[[^\]]*\]|[^:/?#]*)(?::\d+(?=[:/?#]|$))?[^:]*/;
  return text.match(new RegExp(`${url.source}|[^:]+`, 'gi')) ?? [];
}

/** What is not for users to say: it belongs to the connection, or to how an answer is judged. */
const OWN_HEADERS = [
  ...['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'te', 'trailer', 'upgrade'],
  ...['expect', 'accept-encoding', 'range', 'if-match', 'if-none-match', 'if-modified-since', 'if-range'],
  ...['if-unmodified-since', 'content-encoding', 'proxy-connection'],
];

/** `Name: value`, the name in lower case. The value may be a secret: no message holds it. */
export function parseHeader(text: string): readonly [name: string, value: string] {
  const [, name, value = ''] =
    /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*([\t\x20-\x7e]*)$/.exec(text) ?? [];
  if (name === undefined)
    throw new TinyletError('USAGE', "is not a header; write it on one line like 'Name: value', in ASCII");
  if (OWN_HEADERS.includes(name.toLowerCase())) refuse(name, 'is a header that tinylet sets itself');
  return [name.toLowerCase(), value.trim()];
}

/** A Unix socket: a path, or a URL `unix:///path` as the kubelet and crictl write it. */
export function parseSocketPath(text: string): string {
  const bare = text.replace(/^unix:(\/\/)?/, '');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(bare))
    refuse(text, 'is not a Unix socket; write a path or unix:///path');
  if (bare === '') refuse(text, 'names no socket; write a path or unix:///path');
  const path = parsePath(bare);
  const tooLong = socketPathProblem(path);
  if (tooLong !== undefined) refuse(text, tooLong);
  return path;
}

/** Why the system cannot bind or reach a socket at this path; undefined where it can. */
export function socketPathProblem(path: string): string | undefined {
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return undefined;
  return `is too long for a Unix socket; the system takes ${MAX_SOCKET_PATH_BYTES} bytes`;
}

/** A node name: what a Kubernetes Node object may be called. */
export function parseNodeName(text: string): string {
  const name = text.trim().toLowerCase();
  const valid =
    name.length <= 253 && name.split('.').every((part) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(part));
  if (!valid) refuse(text, 'is not a node name; use lower-case letters, digits, dashes and dots');
  return name;
}

/** The name of a namespace. */
export function parseNamespace(text: string): string {
  const [problem] = dns1123LabelErrors(text);
  if (problem !== undefined) throw new TinyletError('USAGE', `${JSON.stringify(text)}: ${problem}`);
  return text;
}

/** One of a few words. */
export function parseChoice<T extends string>(choices: readonly T[]): (text: string) => T {
  return (text) =>
    choices.find((choice) => choice === text) ?? refuse(text, `is not one of ${choices.join(', ')}`);
}

/** A switch in an environment variable, or after `=`. */
export function parseSwitch(text: string): boolean {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  return refuse(text, 'is not true or false');
}
