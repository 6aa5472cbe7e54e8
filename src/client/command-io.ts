import type { Readable } from 'node:stream';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What a command in a container is joined to. */
export interface CommandIo {
  /** Read as the command takes it; absent where nothing is said to it. Somebody else's: it is left as it is, paused. */
  readonly stdin?: Readable;
  /** Resolves when there is room for more. Where it rejects, the command is let go. */
  write(to: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void>;
  /** Of a command with a terminal. */
  readonly terminal?: {
    size(): TerminalSize | undefined;
    /** Calls back until what it returns is called. */
    onResize(listener: () => void): () => void;
  };
  /** Called when the command has its streams, before anything comes from them. */
  onOpen?(): void;
  /** Lets the command go. */
  readonly signal?: AbortSignal;
}
