import { hasCode, sleep } from '../base/index.ts';
import { followText, type NodeClient, openCommand } from '../client/index.ts';
import { CatchUp } from './catch-up.ts';
import { RUN_CONTAINER } from './image-pod.ts';
import { podPath } from './pod-path.ts';
import type { PodName, Program } from './program.ts';
import { withTerminal } from './with-terminal.ts';

/** So long the end of a container may take to be told once its streams have ended: seconds, where the machine has far too much to do. */
const END_WORD_MS = 30_000;
/** What is heard of a container is behind what its log has by no more. */
const HEARD_BY_MS = 100;

export interface ImageStreamsOptions {
  readonly client: NodeClient;
  readonly pod: PodName;
  readonly stdin: boolean;
  /** Resolves when the container does not run any more. */
  readonly ended: () => Promise<unknown>;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/** The streams of a container that runs once, joined to ours. */
export class ImageStreams {
  readonly #program: Program;
  readonly #options: ImageStreamsOptions;

  constructor(program: Program, options: ImageStreamsOptions) {
    this.#program = program;
    this.#options = options;
  }

  /** Both outputs from their beginning, each to its own; and the input, of a container that still runs. */
  async apart(isRunning: boolean): Promise<void> {
    const { client, stdin, signal } = this.#options;
    const { terminal } = this.#program;
    const follow = (stream: string, to: 'stdout' | 'stderr'): Promise<void> => {
      const path = this.#path('log', { follow: 'true', stream });
      return followText(client, { path, signal }, (bytes) => terminal.write(to, bytes));
    };
    const input = stdin && isRunning ? this.#feed() : undefined;
    await Promise.all([follow('Stdout', 'stdout'), follow('Stderr', 'stderr'), input]);
  }

  /** Typed and shown through one terminal, to which we are attached; what was said before that comes from the log. */
  async throughTerminal(isRunning: boolean): Promise<void> {
    const write = (bytes: Uint8Array): Promise<void> => this.#program.terminal.write('stdout', bytes);
    if (!isRunning) return write(await this.#log());
    const catchUp = new CatchUp(write);
    const isHeard = await this.#attach(catchUp);
    // It was over before it could be listened to.
    if (!isHeard) await write(await this.#log());
  }

  /** Whether the container was attached to. Resolves when it has ended, or its output. */
  #attach(catchUp: CatchUp): Promise<boolean> {
    const { client, stdin, signal } = this.#options;
    const { terminal } = this.#program;
    const path = this.#path('attach', { ...(stdin && { stdin: 'true' }), stdout: 'true', tty: 'true' });
    let caughtUp: Promise<void> | undefined;
    return withTerminal(this.#program, { stdin }, async (tied) => {
      try {
        await openCommand(client, path, {
          write: (_, bytes) => catchUp.heard(bytes),
          onOpen: () => {
            caughtUp = this.#catchUp(catchUp);
            // It is waited for in the end.
            caughtUp.catch(() => undefined);
          },
          ...(stdin && { stdin: terminal.stdin }),
          terminal: redrawing(terminal),
          signal: AbortSignal.any([tied.signal, signal]),
        });
      } catch (error) {
        await this.#unlessEnded(error);
      }
      await caughtUp;
      return caughtUp !== undefined;
    });
  }

  async #catchUp(catchUp: CatchUp): Promise<void> {
    // Without it what is heard is shown all the same.
    const missed = await this.#log().catch(() => Buffer.alloc(0));
    await sleep(this.#program.clock, HEARD_BY_MS, this.#options.signal);
    await catchUp.begin(missed);
  }

  /** What is left of the input when the container ends, nobody will read. */
  async #feed(): Promise<void> {
    const { client, ended, signal: leaving } = this.#options;
    const over = new AbortController();
    const end = (): void => over.abort();
    ended().then(end, end);
    const { stdin } = this.#program.terminal;
    const signal = AbortSignal.any([over.signal, leaving]);
    try {
      await openCommand(client, this.#path('attach', { stdin: 'true' }), {
        stdin,
        signal,
        write: async () => undefined,
      });
    } catch (error) {
      await this.#unlessEnded(error);
    }
  }

  /** What has ended takes no input and has no terminal; that it has is seen in a moment. */
  async #unlessEnded(error: unknown): Promise<void> {
    const { ended, signal } = this.#options;
    if (!hasCode(error, 'API_REFUSED') && !hasCode(error, 'DAEMON_UNREACHABLE')) throw error;
    const late = sleep(this.#program.clock, END_WORD_MS, signal).then(() => 'late' as const);
    const first = await Promise.race([ended(), late]);
    if (first === 'late' && !signal.aborted) throw error;
  }

  async #log(): Promise<Buffer> {
    const { client } = this.#options;
    const parts: Buffer[] = [];
    await followText(client, { path: this.#path('log', {}) }, async (bytes) => {
      parts.push(Buffer.from(bytes));
    });
    return Buffer.concat(parts);
  }

  #path(of: 'log' | 'attach', query: Readonly<Record<string, string>>): string {
    return podPath(this.#options.pod, of, new URLSearchParams({ container: RUN_CONTAINER, ...query }));
  }
}

/** What a program showed before we listened, it shows once more when its terminal changes its size (kubectl: attach.go, sizePlusOne). */
function redrawing(terminal: Program['terminal']): Pick<Program['terminal'], 'size' | 'onResize'> {
  let isFirst = true;
  return {
    size() {
      const size = terminal.size();
      if (!isFirst || size === undefined) return size;
      isFirst = false;
      return { columns: size.columns + 1, rows: size.rows + 1 };
    },
    onResize(listener) {
      listener();
      return terminal.onResize(listener);
    },
  };
}
