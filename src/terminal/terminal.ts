import type { Readable } from 'node:stream';

/** The terminal, or whatever stands in its place. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdinIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Bytes as they are; resolves when there is room for more. */
  write(to: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void>;
  /** Whether what is typed comes key by key, unseen; undone when the program ends. Nothing where stdin is no terminal. */
  setRaw(raw: boolean): void;
  /** Undefined where stdout is no terminal. */
  size(): { readonly columns: number; readonly rows: number } | undefined;
  /** Calls back when the size has changed, until what it returns is called. */
  onResize(listener: () => void): () => void;
}
