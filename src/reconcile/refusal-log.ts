import type { Logger } from '../base/index.ts';
import { isManifestUrl, type ManifestMessage, type ManifestSnapshot } from '../manifest/index.ts';

/** Tells what is wrong with the manifests once, when it comes, and once more when it is mended. */
export class RefusalLog {
  readonly #logger: Logger;
  #told = new Map<string, string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  note(manifests: ManifestSnapshot, refused: readonly ManifestMessage[]): void {
    const problems = collectProblems(manifests, refused);
    for (const [file, text] of problems) {
      if (this.#told.get(file) !== text)
        this.#logger.error({ file, errors: text }, 'manifest refused; what it defined before goes on');
    }
    for (const file of this.#told.keys()) {
      if (!problems.has(file)) this.#logger.info({ file }, 'manifest no longer refused');
    }
    this.#told = problems;
  }
}

function collectProblems(
  manifests: ManifestSnapshot,
  refused: readonly ManifestMessage[],
): Map<string, string> {
  const problems = new Map<string, string>();
  for (const directory of manifests.directories) {
    // That a URL does not answer is told by who asks it.
    if (directory.state === 'unreadable') {
      if (!isManifestUrl(directory.directory)) problems.set(directory.directory, directory.reason);
      continue;
    }
    for (const file of [...directory.files, ...(directory.refused === undefined ? [] : [directory.refused])])
      if (file.state === 'refused') problems.set(file.file, describe(file.errors));
  }
  for (const message of refused) {
    const before = problems.get(message.file);
    problems.set(message.file, [...(before === undefined ? [] : [before]), describe([message])].join('; '));
  }
  return problems;
}

function describe(errors: readonly ManifestMessage[]): string {
  return errors
    .map(
      ({ line, column, path, message }) => `${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`,
    )
    .join('; ');
}
