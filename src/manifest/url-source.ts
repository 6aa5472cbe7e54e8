import type { Clock, Logger, Random } from '../base/index.ts';
import { sleep } from '../base/index.ts';
import { KeptAnswers } from './kept-answers.ts';
import { ManifestUrl, type ManifestUrlPorts, type UrlManners } from './manifest-url.ts';
import type { ManifestDirectory } from './types.ts';

export interface UrlSourceOptions extends UrlManners {
  /** In the order they were given. */
  readonly urls: readonly string[];
  readonly intervalMs: number;
  /** Where answers are kept, below `urls/`. */
  readonly rootDir: string;
  /** Nothing is written; what was kept is read all the same. */
  readonly readOnly?: boolean;
}

export interface UrlSourcePorts extends Pick<ManifestUrlPorts, 'fetch'> {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Manifests that are fetched. */
export interface UrlSource {
  /** What the URLs say, each as a directory of its own; never waits for the network, never rejects. */
  load(): Promise<readonly ManifestDirectory[]>;
  /** Asks each at once, and then every interval. `onChange` is called when one of them says something else. */
  start(onChange: () => void): void;
  /** Resolves when each was asked once since the start, whatever came of it. */
  firstAnswers(): Promise<void>;
  /** Gives up what is under way and waits for it. */
  close(): Promise<void>;
}

/** How far an interval may be from what it should be, to either side: many boxes need not ask at one time. */
const JITTER = 0.1;

/** (kubelet: sourceURL.run logs the first three failures, then says that it will be quiet) */
const LOGGED_FAILURES = 3;

/**
 * Manifests from URLs (kubelet: the URL source). Each is asked beside all passes and beside the others, one request at a time. What an earlier
 * daemon kept of URLs that are not given any more is deleted.
 */
export function createUrlSource(options: UrlSourceOptions, ports: UrlSourcePorts): UrlSource {
  const { logger } = ports;
  const ending = new AbortController();
  const answers = new KeptAnswers(options.rootDir);
  const kept = options.readOnly === true ? { find: (url: string) => answers.find(url) } : answers;
  const urls = options.urls.map((url) => ({
    url,
    asked: new ManifestUrl(url, options, { ...ports, kept, signal: ending.signal }),
  }));
  const restore = async (): Promise<void> => {
    if (options.readOnly !== true) await forgetOthers(answers, options.urls, logger);
    for (const { url, asked } of urls) {
      const problem = await asked.restore();
      if (problem !== undefined)
        logger.warn({ file: url, err: problem }, 'the last good answer of a URL cannot be used');
    }
  };
  let restored: Promise<void> | undefined;
  const prepare = (): Promise<void> => {
    restored ??= restore();
    return restored;
  };
  let first: readonly Promise<void>[] = [];
  let loops: readonly Promise<void>[] = [];
  return {
    async load() {
      await prepare();
      return urls.map(({ asked }) => asked.directory);
    },
    start(onChange) {
      const begun = urls.map(({ url, asked }) => {
        const failures = new FailureLog(url, logger);
        const ask = async (): Promise<void> => {
          const before = asked.directory;
          failures.note(await asked.ask());
          if (asked.directory !== before && !ending.signal.aborted) onChange();
        };
        const firstAsk = prepare().then(ask);
        return {
          firstAsk,
          loop: firstAsk.then(() => repeat(ask, options, { ...ports, signal: ending.signal })),
        };
      });
      first = begun.map(({ firstAsk }) => firstAsk);
      loops = begun.map(({ loop }) => loop);
    },
    async firstAnswers() {
      await Promise.all(first);
    },
    async close() {
      ending.abort();
      await restored;
      await Promise.all(loops);
    },
  };
}

async function repeat(
  ask: () => Promise<void>,
  { intervalMs }: UrlSourceOptions,
  { clock, random, signal }: UrlSourcePorts & { readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    await sleep(clock, intervalMs * (1 - JITTER + 2 * JITTER * random.unit()), signal);
    if (!signal.aborted) await ask();
  }
}

async function forgetOthers(answers: KeptAnswers, urls: readonly string[], logger: Logger): Promise<void> {
  try {
    await answers.forgetOthers(urls);
  } catch (error) {
    logger.warn({ err: String(error) }, 'answers of former URLs cannot be deleted');
  }
}

/** A server that is away for a night fills no log. */
class FailureLog {
  readonly #url: string;
  readonly #logger: Logger;
  #failures = 0;

  constructor(url: string, logger: Logger) {
    this.#url = url;
    this.#logger = logger;
  }

  note(problem: string | undefined): void {
    const file = this.#url;
    if (problem === undefined) {
      if (this.#failures > 0)
        this.#logger.info({ file, failures: this.#failures }, 'manifests can be fetched again');
      this.#failures = 0;
      return;
    }
    this.#failures += 1;
    if (this.#failures <= LOGGED_FAILURES)
      this.#logger.warn({ file, err: problem }, 'manifests cannot be fetched; pods stay as they are');
    else if (this.#failures === LOGGED_FAILURES + 1)
      this.#logger.warn(
        { file, err: problem },
        'manifests still cannot be fetched; told again when they can',
      );
    else this.#logger.debug({ file, err: problem }, 'manifests cannot be fetched');
  }
}
