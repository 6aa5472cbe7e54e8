import {
  createManifestLoader,
  createUrlSource,
  type ManifestLoader,
  type ManifestSnapshot,
  type UrlSource,
  watchManifests,
  withUrls,
} from '../manifest/index.ts';
import type { DaemonOptions, NodePorts } from './options.ts';

type ManifestOptions = Pick<DaemonOptions, 'rootDir' | 'maxManifestBytes' | 'urlSource'>;

/** Everything that says what this node is to run. */
export interface NodeManifests {
  load(): Promise<ManifestSnapshot>;
  /** Calls back when one of the sources may say something else; asks the URLs from then on. */
  watch(onChange: () => void): void;
  /** Resolves when every URL was asked once since then, whatever came of it. */
  firstAnswers(): Promise<void>;
  /** No more calls back, and no more requests. */
  unwatch(): Promise<void>;
  close(): Promise<void>;
}

/** The directories, in this order, and the URLs. With `readOnly` nothing is made or written. */
export function nodeManifests(
  directories: readonly string[],
  options: ManifestOptions & { readonly readOnly?: boolean },
  ports: NodePorts,
): NodeManifests {
  const { logger } = ports;
  const urls = nodeUrls(options, ports);
  const files = createManifestLoader({ directories, maxBytes: options.maxManifestBytes, logger });
  const all: ManifestLoader = withUrls(files, urls);
  let watcher: ReturnType<typeof watchManifests> | undefined;
  return {
    load: () => all.load(),
    watch(onChange) {
      if (options.readOnly !== true) watcher = watchManifests(directories, onChange, { logger });
      urls?.start(onChange);
    },
    firstAnswers: async () => urls?.firstAnswers(),
    async unwatch() {
      await Promise.all([watcher?.close(), urls?.close()]);
    },
    close: () => all.close(),
  };
}

function nodeUrls(
  {
    rootDir,
    maxManifestBytes: maxBytes,
    urlSource,
    readOnly = false,
  }: ManifestOptions & { readOnly?: boolean },
  ports: NodePorts,
): UrlSource | undefined {
  if (urlSource === undefined) return undefined;
  const userAgent = `tinylet/${ports.version}`;
  return createUrlSource({ ...urlSource, rootDir, readOnly, maxBytes, userAgent }, ports);
}
