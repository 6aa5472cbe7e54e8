import type { ManifestMessage } from './types.ts';

/** Turns an offset in the text into a line and a column, both from 1. */
export type Locate = (offset: number) => { readonly line: number; readonly column: number };

/** More errors than anybody reads; the rest is counted. */
const MAX_ERRORS = 100;

/** Collects everything there is to say about one file, in the order it is found. */
export class Problems {
  readonly #file: string;
  readonly #locate: Locate;
  readonly #errors: (ManifestMessage & { readonly offset: number })[] = [];
  readonly #notes: ManifestMessage[] = [];
  #dropped = 0;

  constructor(file: string, locate: Locate) {
    this.#file = file;
    this.#locate = locate;
  }

  error(offset: number, path: string, message: string): void {
    if (this.#errors.length >= MAX_ERRORS) this.#dropped += 1;
    else this.#errors.push({ ...this.#message(offset, path, message), offset });
  }

  note(offset: number, path: string, message: string): void {
    if (this.#notes.length < MAX_ERRORS) this.#notes.push(this.#message(offset, path, message));
  }

  lineOf(offset: number): number {
    return this.#locate(offset).line;
  }

  get count(): number {
    return this.#errors.length + this.#dropped;
  }

  /** Whether looking for more is a waste of time. */
  get enough(): boolean {
    return this.#dropped > 0;
  }

  /** Every error, by its place in the file. */
  get errors(): ManifestMessage[] {
    const sorted = [...this.#errors].sort((a, b) => a.offset - b.offset);
    const errors = sorted.map(({ offset: _, ...message }) => message);
    const last = errors[errors.length - 1];
    if (this.#dropped > 0 && last !== undefined) {
      errors.push({ ...last, path: '', message: `and ${this.#dropped} more errors` });
    }
    return errors;
  }

  /** Every note, by its place in the file. */
  get notes(): readonly ManifestMessage[] {
    return [...this.#notes].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  #message(offset: number, path: string, message: string): ManifestMessage {
    return { file: this.#file, ...this.#locate(offset), path: printable(path), message };
  }
}

/** A value from a file as it may appear in a message: quoted as JSON, control characters escaped, not too long. */
export function quote(value: string): string {
  const shown = value.length > 64 ? `${value.slice(0, 61).replace(/[\ud800-\udbff]$/, '')}...` : value;
  return escapeControls(JSON.stringify(shown));
}

/** Text from a file as it may appear in a path: control characters escaped, not too long. */
export function printable(text: string): string {
  return escapeControls(text.length > 256 ? `${text.slice(0, 253)}...` : text);
}

/** Terminals act on C0 and C1 controls, and on the marks that turn the direction of writing. */
function escapeControls(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
