import { assertNever } from '../base/index.ts';
import { checkStructure } from './check-structure.ts';
import type { KnownField, Shape } from './field-fates.ts';
import { type Problems, quote } from './problems.ts';
import { childPath, itemPath, type MapEntry, type MapTree, type Tree } from './tree.ts';
import { unknownField } from './unknown-field.ts';
import { unsupportedValue } from './unsupported-value.ts';
import { INTEGER_RANGES, wholeNumber } from './whole-number.ts';
import { gotInstead } from './wrong-type.ts';

type IntegerType = keyof typeof INTEGER_RANGES;

/** An item of a list, with its field path. */
export interface Item {
  readonly tree: Tree;
  readonly path: string;
}

/**
 * Reads the fields of one object. Every getter reports what is wrong with its field and then returns what an absent
 * field would give, so that one run over a manifest finds all its errors. Null counts as absent, as in Kubernetes; so
 * does an empty string, list or map where the field is optional.
 */
export class Fields {
  readonly path: string;
  readonly offset: number;
  readonly #entries: ReadonlyMap<string, MapEntry>;
  readonly #problems: Problems;

  private constructor(map: Pick<MapTree, 'offset' | 'entries'>, path: string, problems: Problems) {
    this.path = path;
    this.offset = map.offset;
    this.#entries = map.entries;
    this.#problems = problems;
  }

  /**
   * Checks the names of all fields against `shape`, if there is one. Null is an object without fields; undefined when it is no
   * object.
   */
  static read({ tree, path }: Item, shape: Shape | undefined, problems: Problems): Fields | undefined {
    if (tree.kind === 'null') return new Fields({ offset: tree.offset, entries: new Map() }, path, problems);
    if (tree.kind !== 'map') {
      problems.error(tree.offset, path, `expected a map, got ${gotInstead(tree, 'map')}`);
      return undefined;
    }
    const fields = new Fields(tree, path, problems);
    if (shape !== undefined) {
      for (const [name, entry] of tree.entries) fields.#checkFate(name, entry, shape);
    }
    return fields;
  }

  /** The object in a field; one without fields where it is absent; undefined where it is no object. */
  object(name: string, shape: Shape | undefined): Fields | undefined {
    const tree = this.#value(name) ?? { kind: 'null', offset: this.offset };
    return Fields.read({ tree, path: this.pathOf(name) }, shape, this.#problems);
  }

  /** The map in a field whose keys are no names of fields; one without keys where it is absent; undefined where it is no map. */
  map(name: string): Fields | undefined {
    return this.object(name, undefined);
  }

  /** The names of all fields that have a value, in the order of the document. */
  get names(): string[] {
    return [...this.#entries.keys()].filter((name) => this.has(name));
  }

  /** Text, or a number as it stands in JSON: what a quantity is written as. */
  scalar(name: string): string | undefined {
    const tree = this.#value(name);
    if (tree === undefined) return undefined;
    // JavaScript spells a float as Go's JSON does.
    if (tree.kind === 'integer' || tree.kind === 'float') return String(tree.value);
    return this.#string(tree, this.pathOf(name));
  }

  text(name: string): string | undefined {
    const tree = this.#value(name);
    return tree === undefined ? undefined : this.#string(tree, this.pathOf(name)) || undefined;
  }

  /** Text that must be there; says so where it is not. */
  requiredText(name: string, hint = ''): string | undefined {
    const tree = this.#value(name);
    if (tree === undefined || (tree.kind === 'string' && tree.value === '')) {
      this.report(name, hint === '' ? 'Required value' : `Required value: ${hint}`);
      return undefined;
    }
    return this.#string(tree, this.pathOf(name));
  }

  /** One of a fixed set of words. */
  word<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.text(name);
    const word = words.find((candidate) => candidate === text);
    if (text !== undefined && word === undefined) this.report(name, unsupportedValue(text, words));
    return word;
  }

  /**
   * A whole number. A float with a whole value (`1e3`, `8080.0`) counts: Kubernetes turns YAML into JSON first and
   * writes it as `1000`. In a file of JSON its decoder would refuse that spelling; here both forms mean the same.
   */
  integer(name: string, type: IntegerType): number | undefined {
    const tree = this.#value(name);
    return tree === undefined ? undefined : this.#integer({ tree, path: this.pathOf(name) }, type);
  }

  /** A whole number, or text. */
  integerOrText(name: string, type: IntegerType): number | string | undefined {
    const tree = this.#value(name);
    if (tree === undefined) return undefined;
    const item = { tree, path: this.pathOf(name) };
    return tree.kind === 'string' ? this.#string(tree, item.path) : this.#integer(item, type);
  }

  /** A list of whole numbers; null is 0 there, as Go decodes it. */
  integers(name: string, type: IntegerType): number[] {
    return this.items(name).map((item) => (item.tree.kind === 'null' ? 0 : (this.#integer(item, type) ?? 0)));
  }

  boolean(name: string): boolean | undefined {
    const tree = this.#value(name);
    if (tree === undefined) return undefined;
    if (tree.kind === 'boolean') return tree.value;
    this.report(name, `expected a boolean, got ${gotInstead(tree, 'boolean')}`);
    return undefined;
  }

  items(name: string): readonly Item[] {
    const tree = this.#value(name);
    if (tree === undefined) return [];
    const path = this.pathOf(name);
    if (tree.kind === 'list')
      return tree.items.map((item, index) => ({ tree: item, path: itemPath(path, index) }));
    this.report(name, `expected a list, got ${gotInstead(tree, 'list')}`);
    return [];
  }

  /** A list of objects; items that are no objects are reported and left out. */
  objects(name: string, shape: Shape): readonly Fields[] {
    return this.items(name).flatMap((item) => Fields.read(item, shape, this.#problems) ?? []);
  }

  /** A list of strings; null is the empty string there, as Go decodes it. */
  strings(name: string): string[] {
    return this.items(name).map((item) => this.#string(item.tree, item.path) ?? '');
  }

  /** A map of strings, with the place of each key; null is the empty string there, too. */
  stringMap(name: string): [key: string, value: string, offset: number][] {
    const tree = this.#value(name);
    if (tree === undefined) return [];
    const path = this.pathOf(name);
    if (tree.kind !== 'map') {
      this.report(name, `expected a map, got ${gotInstead(tree, 'map')}`);
      return [];
    }
    return [...tree.entries].map(([key, entry]) => [
      key,
      this.#string(entry.value, childPath(path, key)) ?? '',
      entry.offset,
    ]);
  }

  /** What stands in a field, for those who look without a word: at names, or at values that no message may tell. */
  tree(name: string): Tree | undefined {
    return this.#value(name);
  }

  has(name: string): boolean {
    return this.#value(name) !== undefined;
  }

  /** Absent, or a value that asks for nothing. */
  isEmpty(name: string): boolean {
    const tree = this.#value(name);
    return tree === undefined || isEmpty(tree);
  }

  pathOf(name: string): string {
    return childPath(this.path, name);
  }

  /** Where a field's value stands; where the object stands when the field is absent. */
  offsetOf(name: string): number {
    return this.#entries.get(name)?.value.offset ?? this.offset;
  }

  /** Reports something about a field, at its value. */
  report(name: string, message: string): void {
    this.#problems.error(this.offsetOf(name), this.pathOf(name), message);
  }

  /** Reports something about the object itself. */
  reportSelf(message: string): void {
    this.#problems.error(this.offset, this.path, message);
  }

  /** Reports something about an item of a list. */
  reportItem(name: string, index: number, message: string): void {
    const tree = this.#value(name);
    const item = tree?.kind === 'list' ? tree.items[index] : undefined;
    this.#problems.error(item?.offset ?? this.offsetOf(name), itemPath(this.pathOf(name), index), message);
  }

  /** Reports each of `reasons` as why the value of a field is invalid. */
  reportInvalid(name: string, value: string | number, reasons: readonly string[]): void {
    const shown = typeof value === 'string' ? quote(value) : value;
    for (const reason of reasons) this.report(name, `Invalid value: ${shown}: ${reason}`);
  }

  /** The same for texts of a list: `errorsIn` finds what is wrong with each. */
  reportInvalidItems(
    name: string,
    texts: readonly string[],
    errorsIn: (text: string) => readonly string[],
  ): void {
    for (const [index, text] of texts.entries()) {
      for (const reason of errorsIn(text)) {
        this.reportItem(name, index, `Invalid value: ${quote(text)}: ${reason}`);
      }
    }
  }

  /**
   * Reports each of `reasons` as why a key of a map, or the value beside it, is invalid: at the key, with the path of the
   * map, as Kubernetes does.
   */
  reportInvalidKey(
    name: string,
    { text, offset }: { text: string; offset: number },
    reasons: readonly string[],
  ): void {
    for (const reason of reasons) {
      this.#problems.error(offset, this.pathOf(name), `Invalid value: ${quote(text)}: ${reason}`);
    }
  }

  note(name: string, message: string): void {
    const offset = this.#entries.get(name)?.offset ?? this.offset;
    this.#problems.note(offset, this.pathOf(name), message);
  }

  #value(name: string): Tree | undefined {
    const tree = this.#entries.get(name)?.value;
    return tree === undefined || tree.kind === 'null' ? undefined : tree;
  }

  #integer({ tree, path }: Item, type: IntegerType): number | undefined {
    const value = wholeNumber(tree);
    const [least, most] = INTEGER_RANGES[type];
    if (value !== undefined && value >= least && value <= most) return Number(value);
    const problem =
      value === undefined
        ? `expected an integer, got ${gotInstead(tree, 'number')}`
        : `Invalid value: ${value}: does not fit ${type} (${least} to ${most})`;
    this.#problems.error(tree.offset, path, problem);
    return undefined;
  }

  #string(tree: Tree, path: string): string | undefined {
    if (tree.kind === 'null') return undefined;
    if (tree.kind !== 'string') {
      this.#problems.error(tree.offset, path, `expected a string, got ${gotInstead(tree, 'string')}`);
      return undefined;
    }
    // Only an escape in double quotes can spell it, and no system call takes it.
    if (tree.value.includes('\0')) {
      this.#problems.error(
        tree.offset,
        path,
        `Invalid value: ${quote(tree.value)}: must not contain a NUL character`,
      );
    }
    return tree.value;
  }

  #checkFate(name: string, entry: MapEntry, shape: Shape): void {
    const known = shape.get(name);
    const path = this.pathOf(name);
    if (known === undefined) {
      this.#problems.error(entry.offset, path, unknownField({ name, path }, shape, this.#problems));
    } else this.#actOn(known, entry, path);
  }

  #actOn({ fate, type }: KnownField, entry: MapEntry, path: string): void {
    switch (fate.fate) {
      case 'honoured':
        break;
      case 'not-applicable':
        this.#problems.note(entry.offset, path, `has no effect here: ${fate.reason}`);
        if (fate.opaque !== true) checkStructure({ tree: entry.value, path }, type, this.#problems);
        break;
      case 'refused':
        if (!isEmpty(entry.value)) this.#problems.error(entry.offset, path, `Forbidden: ${fate.reason}`);
        break;
      default:
        assertNever(fate.fate);
    }
  }
}

/** Tools write out `resources: {}` and the like; an empty value asks for nothing. */
function isEmpty(tree: Tree): boolean {
  switch (tree.kind) {
    case 'null':
      return true;
    case 'string':
      return tree.value === '';
    case 'list':
      return tree.items.length === 0;
    case 'map':
      return tree.entries.size === 0;
    default:
      return false;
  }
}
