import { posix } from 'node:path';
import {
  type DownwardFile,
  downwardValue,
  type FilesSource,
  type KeyToPath,
  type ObjectSource,
  type Pod,
  type PodFacts,
  type ProjectedSource,
  type UsedObjects,
} from '../pod/index.ts';
import type { VolumeFile } from './volume-setup.ts';

/** The files of a volume, in order of their paths, and why some of them cannot be. */
export interface SourcedFiles {
  readonly files: readonly VolumeFile[];
  /** In the kubelet's words. */
  readonly problems: readonly string[];
}

/** What files are made of beside their volume. */
export interface FilesGiven {
  readonly pod: Pod;
  readonly facts: PodFacts;
  readonly uses: UsedObjects;
}

/**
 * What a volume of files holds: each key a file, or the named ones. What is optional and missing is left out. Of two files of one
 * path the later wins (kubelet: MakePayload in configmap, secret, projected; CollectData in downwardapi).
 */
export function sourcedFiles(source: FilesSource, given: FilesGiven): SourcedFiles {
  const parts: readonly ProjectedSource[] = source.kind === 'projected' ? source.sources : [source];
  const collected = parts.map((part) => collect(part, source.defaultMode, given));
  const byPath = new Map(collected.flatMap(({ files }) => files).map((file) => [file.path, file]));
  const files = [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, problems: collected.flatMap(({ problems }) => problems) };
}

function collect(part: ProjectedSource, defaultMode: number, given: FilesGiven): SourcedFiles {
  switch (part.kind) {
    case 'configMap': {
      const found = given.uses.configMaps.get(part.name);
      const content = found && new Map([...base64Of(found.data), ...found.binaryData]);
      return objectFiles(part, content, { defaultMode, words: CONFIG_MAP });
    }
    case 'secret': {
      const content = given.uses.secrets.get(part.name)?.data;
      return objectFiles(part, content, { defaultMode, words: SECRET });
    }
    case 'downwardAPI':
      return downwardFiles(part.items, defaultMode, given);
  }
}

interface Words {
  readonly object: string;
  readonly noKey: string;
}

const CONFIG_MAP: Words = { object: 'configmap', noKey: 'configmap references non-existent config key' };
const SECRET: Words = { object: 'secret', noKey: 'references non-existent secret key' };

function objectFiles(
  source: ObjectSource,
  content: ReadonlyMap<string, string> | undefined,
  { defaultMode, words }: { readonly defaultMode: number; readonly words: Words },
): SourcedFiles {
  const optional = source.optional === true;
  if (content === undefined) {
    return { files: [], problems: optional ? [] : [`${words.object} "${source.name}" not found`] };
  }
  const items: readonly KeyToPath[] = source.items ?? [...content.keys()].map((key) => ({ key, path: key }));
  const missing = items.filter(({ key }) => !content.has(key));
  return {
    files: items.flatMap(({ key, path, mode }) => {
      const base64 = content.get(key);
      return base64 === undefined ? [] : [{ path: posix.normalize(path), mode: mode ?? defaultMode, base64 }];
    }),
    problems: optional ? [] : missing.map(({ key }) => `${words.noKey}: ${key}`),
  };
}

function downwardFiles(items: readonly DownwardFile[], defaultMode: number, given: FilesGiven): SourcedFiles {
  const values = items.map((item) => ({ item, value: downwardValue(given.pod, item, given.facts) }));
  return {
    files: values.flatMap(({ item, value }) =>
      'text' in value
        ? [{ path: posix.normalize(item.path), mode: item.mode ?? defaultMode, base64: toBase64(value.text) }]
        : [],
    ),
    problems: values.flatMap(({ value }) => ('problem' in value ? [value.problem] : [])),
  };
}

function base64Of(texts: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  return [...texts].map(([key, text]) => [key, toBase64(text)]);
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
