/**
 * manifest: directories and URLs of YAML and JSON in, one validated and defaulted snapshot of objects out, with every error of
 * every file by line and column. Invariants: it never throws for what a file contains, never blocks on what a file is,
 * and remembers nothing that changes the answer.
 */

export { areAllRead, darkFiles, silentFiles } from './dark-files.ts';
export { defaultPullPolicy } from './default-pull-policy.ts';
export { type FieldGuide, loadFieldGuide } from './field-guide.ts';
export { formatMessage } from './format-message.ts';
export { createManifestLoader, type ManifestLoader, type ManifestLoaderOptions } from './manifest-loader.ts';
export { fullNameOf, metadataOf, podsOf, sideObjectsOf } from './objects-of.ts';
export { type ParseApartOptions, parseApart } from './parse-apart.ts';
export { type ManifestText, parseManifest } from './parse-manifest.ts';
export { readNamedFiles } from './read-named-files.ts';
export { howToChange, isManifestUrl, sourceOf } from './source-of.ts';
export type { SupportRow } from './support-table.ts';
export type {
  ManifestDirectory,
  ManifestFile,
  ManifestMessage,
  ManifestObject,
  ManifestSnapshot,
  ParsedObject,
  RefusedManifest,
} from './types.ts';
export { createUrlSource, type UrlSource } from './url-source.ts';
export { type ManifestWatcher, watchManifests } from './watch-manifests.ts';
export { withUrls } from './with-urls.ts';
export { writtenContent, writtenObject } from './written-object.ts';
