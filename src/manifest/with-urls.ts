import type { ManifestLoader } from './manifest-loader.ts';
import type { UrlSource } from './url-source.ts';

/** What the directories say and, after them, the URLs. Closing it gives up both. */
export function withUrls(
  loader: ManifestLoader,
  urls: Pick<UrlSource, 'load' | 'close'> | undefined,
): ManifestLoader {
  if (urls === undefined) return loader;
  return {
    async load() {
      const { directories } = await loader.load();
      return { directories: [...directories, ...(await urls.load())] };
    },
    async close() {
      await Promise.all([loader.close(), urls.close()]);
    },
  };
}
