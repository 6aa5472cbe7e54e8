import type { Container, Pod } from '../pod/index.ts';

/** A file in an emptyDir that variables are read from. */
export interface EnvFile {
  readonly volume: string;
  readonly path: string;
}

/** The files a container's variables come from (env fileKeyRef), each once. Only emptyDirs hold any (core/v1 validation). */
export function envFilesOf(pod: Pod, container: Container): readonly EnvFile[] {
  const found = new Map<string, EnvFile>();
  for (const { valueFrom } of container.env) {
    if (valueFrom?.kind !== 'fileKeyRef') continue;
    const { volumeName: volume, path } = valueFrom;
    const source = pod.spec.volumes?.find(({ name }) => name === volume)?.source;
    if (source?.kind === 'emptyDir') found.set(envFileKey({ volume, path }), { volume, path });
  }
  return [...found.values()];
}

/** How a file is named where many are held. */
export function envFileKey({ volume, path }: EnvFile): string {
  return `${volume}/${path}`;
}

/** The value of a key, that there is none, or what is wrong with the file; never its content. */
export type EnvFileValue =
  | { readonly value: string }
  | { readonly missing: true }
  | { readonly problem: string };

/**
 * Looks a key up in a file of `NAME='value'` lines (kubelet: util/env.ParseEnv). Values stand in single quotes and may go over
 * several lines; blank lines and lines that begin with `#` mean nothing. The first mention counts, and what comes after it is not
 * looked at. As in a shell, `NAME= 'value'` is empty.
 */
export function lookUpEnvFile(text: string, key: string): EnvFileValue {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  for (let index = 0; index < lines.length; index += 1) {
    const line = (lines[index] ?? '').replace(/^[ \t]+/, '');
    if (line === '' || line.startsWith('#')) continue;
    const entry = readEntry(line, lines, index);
    if ('problem' in entry) return entry;
    if (entry.name === key) return { value: entry.value };
    index = entry.lastLine;
  }
  return { missing: true };
}

interface Entry {
  readonly name: string;
  readonly value: string;
  readonly lastLine: number;
}

function readEntry(
  line: string,
  lines: readonly string[],
  index: number,
): Entry | { readonly problem: string } {
  const bad = (what: string, where = `at line ${index + 1}`): { problem: string } => ({
    problem: `invalid environment variable format ${where}: ${what}`,
  });
  const [, name, rest] = /^([^=]*)=(.*)$/s.exec(line) ?? [];
  if (name === undefined || rest === undefined) return bad("missing '='");
  if (name.trim() === '') return bad('empty variable name');
  if (/[ \t]$/.test(name)) return bad("whitespace before '=' is not allowed");
  if (/^[ \t]/.test(rest)) return { name, value: '', lastLine: index };
  if (!rest.startsWith("'")) return bad('value must be enclosed in single quotes');
  const value = [rest.slice(1)];
  let lastLine = index;
  while (!(value.at(-1) ?? '').includes("'")) {
    lastLine += 1;
    const next = lines[lastLine];
    if (next === undefined) return bad('unclosed single quote', `starting at line ${index + 1}`);
    value.push(next);
  }
  const [, end = '', after = ''] = /^([^']*)'(.*)$/s.exec(value.pop() ?? '') ?? [];
  if (!/^[ \t]*(#|$)/.test(after))
    return bad('unexpected content after closing quote', `at line ${lastLine + 1}`);
  return { name, value: [...value, end].join('\n'), lastLine };
}
