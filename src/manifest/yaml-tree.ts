import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  type YAMLMap,
  type YAMLSeq,
  type Scalar as YamlScalar,
} from 'yaml';
import { configKeyErrors } from '../pod/index.ts';
import { type Problems, quote } from './problems.ts';
import { childPath, heightOf, itemPath, type MapEntry, type Scalar, sizeOf, type Tree } from './tree.ts';
import { tooDeep } from './yaml-documents.ts';
import { resolvePlainScalar } from './yaml-scalar.ts';

/** What aliases may add to one document: far more than any Pod needs, far less than hurts. */
const MAX_ALIASED_VALUES = 20_000;

/** The characters that go-yaml takes; the package takes almost all, and a value like `&w0rd!` would be an anchor of nothing. */
const ANCHOR_NAME = /^[-\w]+$/;

const MULTILINE_KEY = 'not valid YAML: Implicit keys need to be on a single line';

const CORE_TAG = 'tag:yaml.org,2002:';

/** The tags that YAML 1.1 has; no message tells others, nor names of anchors: a password may look like one. */
const KNOWN_TAGS = [
  'binary',
  'bool',
  'float',
  'int',
  'map',
  'null',
  'omap',
  'seq',
  'set',
  'str',
  'timestamp',
];

/**
 * Turns one parsed document into a tree: scalars as Kubernetes reads them, aliases and merge keys resolved in linear
 * time, duplicate keys reported. Undefined when the document holds nothing; what cannot be read is reported and stands
 * as null.
 */
export function buildTree(
  document: Document.Parsed<ParsedNode>,
  problems: Problems,
  maxDepth: number,
): Tree | undefined {
  if (document.contents === null) return undefined;
  const tree = new TreeBuilder(problems, maxDepth).build(document.contents, '', 0);
  return tree.kind === 'null' ? undefined : tree;
}

/** The package gives null where nothing was written. */
type NodeOrNull = ParsedNode | null;

class TreeBuilder {
  readonly #problems: Problems;
  readonly #maxDepth: number;
  /** Latest definition of each anchor; undefined while the anchored value is still being read. */
  readonly #anchors = new Map<string, Tree | undefined>();
  #aliasedValues = 0;

  constructor(problems: Problems, maxDepth: number) {
    this.#problems = problems;
    this.#maxDepth = maxDepth;
  }

  build(node: NodeOrNull, path: string, depth: number, offset = 0): Tree {
    if (node === null) return { kind: 'null', offset };
    if (isAlias(node)) return this.#alias(node.source, path, depth, node.range[0]);
    const anchor = node.anchor;
    if (anchor !== undefined && !ANCHOR_NAME.test(anchor)) {
      return this.#refuse(node.range[0], path, 'not the name of an anchor; quote a value that begins with &');
    }
    if (anchor !== undefined) this.#anchors.set(anchor, undefined);
    const tree = this.#value(node, path, depth);
    // An inner value may have taken the name over meanwhile; the later definition stays.
    if (anchor !== undefined && this.#anchors.get(anchor) === undefined) this.#anchors.set(anchor, tree);
    return tree;
  }

  #value(node: ParsedNode, path: string, depth: number): Tree {
    const offset = node.range[0];
    if (isScalar(node)) return this.#scalar(node, path, offset);
    if (depth >= this.#maxDepth) return this.#refuse(offset, path, tooDeep(this.#maxDepth));
    if (isMap(node)) return this.#tagged(node, path, 'map', () => this.#map(node, path, depth, offset));
    if (isSeq(node)) return this.#tagged(node, path, 'seq', () => this.#list(node, path, depth, offset));
    return this.#refuse(offset, path, 'not a value of YAML');
  }

  #alias(name: string, path: string, depth: number, offset: number): Tree {
    const target = this.#anchors.get(name);
    if (target === undefined) {
      const message = this.#anchors.has(name)
        ? 'the anchor of this alias contains it'
        : 'no anchor of this name is defined above; quote a value that begins with *';
      return this.#refuse(offset, path, message);
    }
    if (depth + heightOf(target) > this.#maxDepth) return this.#refuse(offset, path, tooDeep(this.#maxDepth));
    if (this.#aliasedValues > MAX_ALIASED_VALUES) return { kind: 'null', offset };
    this.#aliasedValues += sizeOf(target);
    if (this.#aliasedValues <= MAX_ALIASED_VALUES) return target;
    return this.#refuse(offset, path, `aliases expand to more than ${MAX_ALIASED_VALUES} values`);
  }

  #scalar(node: YamlScalar.Parsed, path: string, offset: number): Tree {
    const text = node.source;
    const tag = node.tag;
    if (tag === undefined) {
      return node.type === 'PLAIN'
        ? resolvePlainScalar(text, offset)
        : { kind: 'string', offset, value: text };
    }
    if (tag === `${CORE_TAG}str` || tag === '!') return { kind: 'string', offset, value: text };
    const resolved = resolvePlainScalar(text, offset);
    const wanted = scalarKinds.get(tag);
    if (wanted === undefined) return this.#refuseTag(tag, path, offset);
    if (wanted.includes(resolved.kind)) return resolved;
    return this.#refuse(offset, path, `the value does not fit its tag ${tag.replace(CORE_TAG, '!!')}`);
  }

  #list(node: YAMLSeq.Parsed, path: string, depth: number, offset: number): Tree {
    const items = node.items.map((item, index) => this.build(item, itemPath(path, index), depth + 1, offset));
    return { kind: 'list', offset, items, ...extent(items) };
  }

  #map(node: YAMLMap.Parsed, path: string, depth: number, offset: number): Tree {
    const entries = new Map<string, MapEntry>();
    const own = new Map<string, number>();
    const pathOf = fieldPaths(path);
    for (const { key, value } of node.items) {
      const keyOffset = key?.range[0] ?? offset;
      const name = this.#key(key, path, keyOffset);
      if (name === undefined) continue;
      if (node.flow === true && value !== null && this.#spansLines(key))
        this.#refuse(keyOffset, path, MULTILINE_KEY);
      const at = pathOf(name);
      const first = own.get(name);
      if (first !== undefined) {
        const line = this.#problems.lineOf(first);
        this.#problems.error(keyOffset, at, `duplicate field ${quote(at)}: first set on line ${line}`);
      }
      const tree = this.build(value, at, depth + 1, keyOffset);
      if (first !== undefined) continue;
      own.set(name, keyOffset);
      if (isMergeKey(key)) this.#merge(entries, tree, path);
      else entries.set(name, { offset: keyOffset, value: tree });
    }
    return { kind: 'map', offset, entries, ...extent([...entries.values()].map((entry) => entry.value)) };
  }

  /** The name a key has in JSON: Kubernetes' reader spells out numbers and booleans (a bare `on` is the key `true`). */
  #key(key: NodeOrNull, path: string, offset: number): string | undefined {
    const tree = this.build(key, path, this.#maxDepth - 1, offset);
    switch (tree.kind) {
      case 'string':
      case 'boolean':
      case 'integer':
      case 'float':
        return String(tree.value);
      default:
        this.#refuse(offset, path, 'a key must be a string');
        return undefined;
    }
  }

  /** In braces a forgotten comma makes a key of two lines; go-yaml refuses it, and the package does only outside. */
  #spansLines(key: NodeOrNull): boolean {
    // Where two lines are folded a space stands, or the end of a line.
    if (!isScalar(key) || !/[ \n]/.test(key.source)) return false;
    const [start, end] = key.range;
    return this.#problems.lineOf(start) !== this.#problems.lineOf(end);
  }

  /**
   * `<<`: to go-yaml 2 its keys stand where it stands, so that they win over the keys above, and the keys below over them. Of
   * a list of maps the first wins.
   */
  #merge(entries: Map<string, MapEntry>, merged: Tree, path: string): void {
    for (const source of merged.kind === 'list' ? [...merged.items].reverse() : [merged]) {
      if (source.kind !== 'map')
        this.#refuse(source.offset, childPath(path, '<<'), 'a merge takes a map or a list of maps');
      else for (const [name, entry] of source.entries) entries.set(name, entry);
    }
  }

  #tagged(
    node: { tag?: string | undefined; range: readonly number[] },
    path: string,
    kind: string,
    build: () => Tree,
  ): Tree {
    if (node.tag === undefined || node.tag === CORE_TAG + kind) return build();
    return this.#refuseTag(node.tag, path, node.range[0] ?? 0);
  }

  #refuseTag(tag: string, path: string, offset: number): Tree {
    const known = KNOWN_TAGS.find((name) => tag === CORE_TAG + name);
    const message =
      known === undefined
        ? 'a tag that is not supported; quote a value that begins with !'
        : `tag "!!${known}" is not supported here`;
    return this.#refuse(offset, path, message);
  }

  #refuse(offset: number, path: string, message: string): Tree {
    this.#problems.error(offset, path, message);
    return { kind: 'null', offset };
  }
}

const scalarKinds: ReadonlyMap<string, readonly Scalar['kind'][]> = new Map([
  [`${CORE_TAG}int`, ['integer']],
  [`${CORE_TAG}float`, ['float', 'integer']],
  [`${CORE_TAG}bool`, ['boolean']],
  [`${CORE_TAG}null`, ['null']],
] as const);

/**
 * How the fields of a map have their paths, with `...` for what can be no name: by one wrong indentation a part of a Secret's
 * value is a key. Below its data no name has a meaning.
 */
function fieldPaths(path: string): (key: string) => string {
  const [, below] = /^(?:items\[\d+\]\.)?(?:string|binary)?data((?:[.[].*)?)$/is.exec(path) ?? [];
  if (below === undefined) return (key) => childPath(path, /^(?:[-._/\w]+|<<)$/.test(key) ? key : '...');
  return below === ''
    ? (key) => childPath(path, configKeyErrors(key).length === 0 ? key : '...')
    : () => path;
}

const isMergeKey = (key: NodeOrNull): boolean => isScalar(key) && key.type === 'PLAIN' && key.source === '<<';

function extent(children: readonly Tree[]): { size: number; height: number } {
  let size = 1;
  let height = 0;
  for (const child of children) {
    size += sizeOf(child);
    height = Math.max(height, heightOf(child));
  }
  return { size, height: height + 1 };
}
