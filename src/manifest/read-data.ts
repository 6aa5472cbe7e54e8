import { configKeyErrors } from '../pod/index.ts';
import { decodeBase64 } from './decode-base64.ts';
import type { Fields } from './fields.ts';
import { type Problems, quote } from './problems.ts';
import { childPath, type Tree } from './tree.ts';
import { gotInstead, typeInstead } from './wrong-type.ts';

/** Kubernetes' limit for what one ConfigMap or Secret holds (core: MaxSecretSize). */
const MAX_BYTES = 1024 * 1024;

/** A value of a ConfigMap or Secret, and where its key stands. */
export interface Datum {
  readonly text: string;
  readonly offset: number;
}

export type Data = ReadonlyMap<string, Datum>;

/**
 * Reads the data of one ConfigMap or Secret. Of what is secret NO MESSAGE TELLS A VALUE, nor a key that is none, since one wrong
 * indentation makes a key of a value: so nothing here may go through what quotes unless it asks first.
 */
export class DataReader {
  readonly #fields: Fields;
  readonly #problems: Problems;
  readonly #secret: boolean;

  constructor(fields: Fields, problems: Problems, { secret }: { readonly secret: boolean }) {
    this.#fields = fields;
    this.#problems = problems;
    this.#secret = secret;
  }

  /** A field with text in it. */
  texts(field: string): Data {
    return this.#read(field, (text) => text);
  }

  /** A field with base64 in it; the values are in its one canonical form. */
  base64(field: string): Data {
    return this.#read(field, (text, report) => {
      const decoded = decodeBase64(text);
      if (!('illegalByte' in decoded)) return decoded.toString('base64');
      const hint = this.#secret ? ' (text that is not encoded belongs in stringData)' : '';
      report(`illegal base64 data at input byte ${decoded.illegalByte}${hint}`);
      return '';
    });
  }

  flag(field: string): boolean {
    const tree = this.#fields.tree(field);
    if (tree === undefined || tree.kind === 'boolean') return tree?.value ?? false;
    this.#fields.report(field, `expected a boolean, got ${this.#got(tree, 'boolean')}`);
    return false;
  }

  checkSize(bytes: number): void {
    if (bytes <= MAX_BYTES) return;
    this.#fields.report('data', `Too long: may not be more than ${MAX_BYTES} bytes`);
  }

  /** Says something about one key: where it stands, or where the field does if it is missing. */
  report(field: string, key: string, datum: { readonly offset: number } | undefined, message: string): void {
    const offset = datum?.offset ?? this.#fields.offsetOf(field);
    this.#problems.error(offset, childPath(this.#fields.pathOf(field), key), message);
  }

  #read(field: string, convert: (text: string, report: Report) => string): Data {
    const tree = this.#fields.tree(field);
    if (tree === undefined) return new Map();
    if (tree.kind !== 'map') {
      this.#fields.report(field, `expected a map, got ${this.#got(tree, 'map')}`);
      return new Map();
    }
    const data = new Map<string, Datum>();
    for (const [key, { offset, value }] of tree.entries) {
      const report: Report = (message) => this.report(field, key, value, message);
      if (this.#isKey(field, key, offset))
        data.set(key, { text: convert(this.#text(value, report), report), offset });
    }
    return data;
  }

  #isKey(field: string, key: string, offset: number): boolean {
    const reasons = configKeyErrors(key);
    const shown = this.#secret ? '<not shown>' : quote(key);
    for (const reason of reasons) {
      this.#problems.error(offset, this.#fields.pathOf(field), `Invalid value: ${shown}: ${reason}`);
    }
    return reasons.length === 0;
  }

  /** Null is the empty text, as Go decodes it. */
  #text(value: Tree, report: Report): string {
    if (value.kind === 'string') return value.value;
    if (value.kind !== 'null') report(`expected a string, got ${this.#got(value, 'string')}`);
    return '';
  }

  #got(tree: Tree, wanted: 'map' | 'string' | 'boolean'): string {
    if (!this.#secret) return gotInstead(tree, wanted);
    return `${typeInstead(tree)}${wanted === 'string' && 'value' in tree ? ' (quote it)' : ''}`;
  }
}

type Report = (message: string) => void;
