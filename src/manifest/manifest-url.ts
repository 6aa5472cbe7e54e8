import { createHash } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/index.ts';
import { readBearerToken } from './bearer-token.ts';
import { type FetchedManifest, fetchManifest, type ManifestRequest } from './fetch-manifest.ts';
import type { KeptAnswer, KeptAnswers } from './kept-answers.ts';
import { parseApart } from './parse-apart.ts';
import { HOLDS_NO_OBJECT } from './parse-manifest.ts';
import { refusedFile } from './refused-file.ts';
import type { ManifestDirectory, ManifestFile, RefusedManifest } from './types.ts';

/** How URLs are asked, and what is believed of their answers. */
export interface UrlManners {
  /** Sent with every request: names and values. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly userAgent: string;
  /** Holds a bearer token. */
  readonly tokenFile?: string;
  /** An answer without objects means that there are none. */
  readonly allowEmpty: boolean;
  readonly maxBytes: number;
}

export interface ManifestUrlPorts {
  readonly clock: Clock;
  /** Absent where nothing may be written. */
  readonly kept: Pick<KeptAnswers, 'find'> & Partial<Pick<KeptAnswers, 'keep' | 'forget'>>;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
  readonly fetch?: (request: ManifestRequest) => Promise<FetchedManifest>;
}

/** An answer that was parsed. */
interface Parsed<File extends ManifestFile = ManifestFile> {
  readonly digest: string;
  readonly file: File;
}

/** What is in force, and by what the server knows it again. */
type Good = Parsed & Pick<KeptAnswer, 'etag'>;

type Rejected = Parsed<RefusedManifest> & { readonly retryAtMs: number };

type Answer = Extract<FetchedManifest, { readonly state: 'answered' }>;

/** A parser that failed may have lacked only memory or time: after this long the same bytes are worth another try. */
const RETRY_PARSER_AFTER_MS = 60_000;

const STAYS = 'the last good answer stays in force';
const NEVER = 'its pods, if there are any, stay as they are';

/**
 * One URL and what it says. Whatever goes wrong, the last good answer is what it says: it is on disk before anybody goes by it, and only
 * another good answer takes its place. The same bytes give the same values, so that nothing is planned anew for them.
 */
export class ManifestUrl {
  readonly #url: string;
  readonly #manners: UrlManners;
  readonly #ports: ManifestUrlPorts;
  #good: Good | undefined;
  #rejected: Rejected | undefined;
  #warning: string | undefined;
  #directory: ManifestDirectory;

  constructor(url: string, manners: UrlManners, ports: ManifestUrlPorts) {
    this.#url = url;
    this.#manners = manners;
    this.#ports = ports;
    this.#directory = this.#describe('has not answered yet');
  }

  /** What it says now. The same value until that changes. */
  get directory(): ManifestDirectory {
    return this.#directory;
  }

  /** Takes up what an earlier daemon kept. Resolves to what is wrong with that, where something is. */
  async restore(): Promise<string | undefined> {
    const found = await this.#ports.kept.find(this.#url);
    if (found.state === 'unusable') return found.reason;
    if (found.state === 'none') return undefined;
    const { text, etag } = found.answer;
    const bytes = Buffer.from(text);
    // An empty one was taken when it came; a flag that is gone since brings nothing back.
    const file = emptied(await this.#parse(bytes));
    this.#good = {
      ...{ digest: digestOf(bytes), file },
      ...(etag !== undefined && { etag }),
    };
    this.#directory = this.#describe(undefined);
    return undefined;
  }

  /** Asks it once. Resolves to what went wrong; undefined where it said something to go by. Never rejects. */
  async ask(): Promise<string | undefined> {
    const problem = await this.#tryAsk();
    if (this.#ports.signal.aborted) return undefined;
    const described = this.#describe(problem);
    if (!isSame(described, this.#directory)) this.#directory = described;
    return problem;
  }

  async #tryAsk(): Promise<string | undefined> {
    const headers = await this.#headers();
    if ('problem' in headers) return headers.problem;
    const { etag } = this.#good ?? {};
    const answer = await this.#fetch({
      ...headers.headers,
      ...(etag !== undefined && { 'If-None-Match': etag }),
    });
    if (answer.state === 'failed') return answer.reason;
    if (answer.state === 'unchanged') {
      if (etag === undefined) return 'answers with status 304, though nothing to compare with was sent';
      this.#rejected = undefined;
      return undefined;
    }
    if (answer.isWhole || digestOf(answer.bytes) === this.#good?.digest) return this.#take(answer);
    // Of what may have been cut short a second look has to find the same.
    const again = await this.#fetch(headers.headers);
    if (again.state === 'answered' && again.bytes.equals(answer.bytes)) return this.#take(answer);
    return 'tells neither how long its answer is nor where it ends, and two in a row are not the same';
  }

  async #headers(): Promise<{ readonly headers: OutgoingHttpHeaders } | { readonly problem: string }> {
    const { headers, userAgent, tokenFile } = this.#manners;
    const own = new Map<string, string[]>();
    for (const [name, value] of headers) own.set(name, [...(own.get(name) ?? []), value]);
    const token = tokenFile === undefined ? undefined : await readBearerToken(tokenFile);
    if (token?.state === 'unusable') return { problem: token.reason };
    this.#warning = token?.warning;
    return {
      headers: {
        accept: 'application/yaml, application/json;q=0.9, */*;q=0.1',
        // What is small when it comes must be small when it is read, too.
        'accept-encoding': 'identity',
        'user-agent': userAgent,
        ...(token && { authorization: `Bearer ${token.token}` }),
        ...Object.fromEntries(own),
      },
    };
  }

  #fetch(headers: OutgoingHttpHeaders): Promise<FetchedManifest> {
    const { clock, signal, fetch = fetchManifest } = this.#ports;
    return fetch({ ...{ url: this.#url, headers, clock, signal }, maxBytes: this.#manners.maxBytes });
  }

  async #take({ bytes, contentType, etag }: Answer): Promise<string | undefined> {
    const digest = digestOf(bytes);
    // Not its time: two versions of one second have the same.
    const validators = { ...(etag !== undefined && { etag }) };
    if (digest === this.#good?.digest) {
      this.#rejected = undefined;
      this.#good = { digest, file: this.#good.file, ...validators };
      return undefined;
    }
    const file = await this.#judge(bytes, digest);
    if (file === undefined) return 'answers without any object (--url-allow-empty takes that for its word)';
    if (file.state === 'refused')
      return /\bhtml\b/i.test(contentType)
        ? 'answers with a page for people (text/html)'
        : 'answers with errors';
    if (this.#ports.signal.aborted) return undefined;
    const unkept = await this.#keep({ url: this.#url, text: bytes.toString('utf8'), ...validators });
    if (unkept !== undefined) return unkept;
    this.#good = { digest, file, ...validators };
    return undefined;
  }

  /** What new bytes say; undefined where they are empty and must not be. */
  async #judge(bytes: Buffer, digest: string): Promise<ManifestFile | undefined> {
    const nowMs = this.#ports.clock.monotonicMs();
    const known = this.#rejected;
    if (known?.digest === digest && nowMs < known.retryAtMs) return known.file;
    const file = await this.#parse(bytes);
    this.#rejected = undefined;
    if (isEmpty(file)) return this.#manners.allowEmpty ? emptied(file) : undefined;
    if (file.state === 'accepted') return file;
    const isNews = known === undefined || !isDeepStrictEqual(known.file, file);
    this.#rejected = {
      ...{ digest, file: isNews ? file : known.file },
      retryAtMs: nowMs + RETRY_PARSER_AFTER_MS,
    };
    return this.#rejected.file;
  }

  async #parse(bytes: Buffer): Promise<ManifestFile> {
    const text = decodeUtf8(bytes);
    if (text === undefined) return refusedFile(this.#url, 'is not valid UTF-8');
    return parseApart({ file: this.#url, text }, this.#ports);
  }

  /**
   * What cannot be kept is gone by all the same if nothing older would be found instead: a disk may be full of what a new answer takes
   * away. Resolves to why it cannot be gone by.
   */
  async #keep(answer: KeptAnswer): Promise<string | undefined> {
    const { kept } = this.#ports;
    try {
      await kept.keep?.(answer);
      return undefined;
    } catch (error) {
      try {
        await kept.forget?.(answer.url);
        return undefined;
      } catch {
        return `cannot be kept under the root directory: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
  }

  #describe(problem: string | undefined): ManifestDirectory {
    const directory = this.#url;
    const good = this.#good?.file;
    const refused = this.#rejected?.file;
    const shown = good ?? refused;
    if (shown === undefined)
      return { state: 'unreadable', directory, reason: `${problem ?? 'has said nothing'}; ${NEVER}` };
    return {
      ...{ state: 'read', directory, files: [shown] },
      warnings: this.#warning === undefined ? [] : [this.#warning],
      ...(problem !== undefined && { problem: `${problem}; ${good === undefined ? NEVER : STAYS}` }),
      ...(good !== undefined && refused !== undefined && { refused }),
    };
  }
}

/** Nothing at all, nothing but comments, or lists without items. */
function isEmpty(file: ManifestFile): boolean {
  if (file.state === 'accepted') return file.objects.length === 0;
  return file.errors.length === 1 && file.errors[0]?.message === HOLDS_NO_OBJECT;
}

function emptied(file: ManifestFile): ManifestFile {
  return isEmpty(file) ? { state: 'accepted', file: file.file, objects: [], notes: [] } : file;
}

/** Files are compared by identity: that of what has not changed does not. */
function isSame(a: ManifestDirectory, b: ManifestDirectory): boolean {
  if (a.state !== 'read' || b.state !== 'read') return isDeepStrictEqual(a, b);
  return (
    a.problem === b.problem &&
    a.refused === b.refused &&
    a.files[0] === b.files[0] &&
    a.warnings[0] === b.warnings[0]
  );
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
