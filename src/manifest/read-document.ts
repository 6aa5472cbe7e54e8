import { checkAnnotations } from './check-annotations.ts';
import { shapes } from './field-fates.ts';
import { Fields, type Item } from './fields.ts';
import { hideUnknownFields } from './hide-unknown-fields.ts';
import { isKind, isList, itemKindOf, type KindName, kindNames, sideKinds, versionOf } from './kinds.ts';
import { nearestWord } from './nearest-word.ts';
import { flatPodDocument, podDocument } from './pod-document.ts';
import { type Problems, quote } from './problems.ts';
import { readMetadata } from './read-metadata.ts';
import { readObjectMeta } from './read-object-meta.ts';
import { readSpec } from './read-spec.ts';
import { childPath, type Tree } from './tree.ts';
import type { ParsedObject } from './types.ts';
import { typeInstead } from './wrong-type.ts';

/** An object found in a document, and where it begins. */
export interface FoundObject {
  readonly object: ParsedObject;
  readonly offset: number;
  /** Where the name is written, and its field path. */
  readonly nameOffset: number;
  readonly namePath: string;
}

const WRAPPING = ['apiVersion', 'kind', 'metadata', 'spec'];

/** Fields of objects that are no pods: what has one of them, and no kind, is not read as a pod. */
const NO_POD = ['data', 'binaryData', 'stringData', 'handler'];

/**
 * Reads one document: a flat Pod (recognised by having none of apiVersion, kind, metadata, spec), an object of one of the kinds, or
 * a list of such objects. Problems go to `problems`; what is returned is meaningful only if there were none.
 */
export function readDocument(tree: Tree, problems: Problems): FoundObject[] {
  if (tree.kind !== 'map') {
    // What it is instead is not told: it may be the rest of a Secret that was torn in two.
    problems.error(
      tree.offset,
      '',
      `expected a map with the fields of a Pod or of another object, got ${typeInstead(tree)}`,
    );
    return [];
  }
  const document: Item = { tree, path: '' };
  if (![...WRAPPING, ...NO_POD].some((field) => tree.entries.has(field)))
    return readFlatPod(document, problems);
  const kind = scalarText(document, 'kind') ?? '';
  return isList(kind) ? readList(document, kind, problems) : readObject(document, problems);
}

/** A document without a single field of a Pod may be the rest of a Secret that was torn in two by a `---` within a value. */
function readFlatPod(document: Item, problems: Problems): FoundObject[] {
  const { tree } = document;
  const isPod = tree.kind === 'map' && [...shapes.flatPod.keys()].some((field) => tree.entries.has(field));
  const told = isPod ? document : hideUnknownFields(document, shapes.flatPod, problems);
  const fields = Fields.read(told, shapes.flatPod, problems);
  if (fields === undefined) return [];
  const pod = { metadata: readMetadata(fields), spec: readSpec(fields), document: flatPodDocument(tree) };
  checkAnnotations(fields, pod);
  return [found(document, fields, { kind: 'Pod', pod })];
}

function readList(document: Item, kind: string, problems: Problems): FoundObject[] {
  checkVersion(document, kind, problems);
  const told = hideUnknownFields(document, shapes.list, problems);
  const fields = Fields.read(told, shapes.list, problems);
  if (fields === undefined) return [];
  fields.object('metadata', shapes.listMetadata);
  const itemKind = itemKindOf(kind);
  return fields.items('items').flatMap((item) => {
    if (item.tree.kind !== 'map') {
      const wanted = itemKind === undefined ? 'an object' : `a ${itemKind}`;
      problems.error(item.tree.offset, item.path, `expected ${wanted}, got ${typeInstead(item.tree)}`);
      return [];
    }
    return readObject(itemKind === undefined ? item : withTypeOfList(item, itemKind), problems);
  });
}

/** The items of a PodList are Pods by definition; Kubernetes leaves apiVersion and kind out when it writes one. */
function withTypeOfList(item: Item, kind: KindName): Item {
  if (item.tree.kind !== 'map') return item;
  const { offset, entries } = item.tree;
  const implied = { apiVersion: versionOf(kind), kind };
  const missing = Object.entries(implied).filter(([field]) => !entries.has(field));
  const added = missing.map(
    ([field, value]) => [field, { offset, value: { kind: 'string', offset, value } }] as const,
  );
  return { ...item, tree: { ...item.tree, entries: new Map([...entries, ...added]) } };
}

/** An object with its wrapping. Another kind makes the rest meaningless. */
function readObject(item: Item, problems: Problems): FoundObject[] {
  const kind = checkKind(item, problems);
  if (kind === undefined) return [];
  checkVersion(item, kind, problems);
  return kind === 'Pod' ? readPod(item, problems) : readSideObject(item, kind, problems);
}

function readPod(item: Item, problems: Problems): FoundObject[] {
  const fields = Fields.read(item, shapes.pod, problems);
  const metadata = fields?.object('metadata', shapes.metadata);
  const spec = fields?.object('spec', shapes.podSpec);
  const read = {
    metadata: metadata === undefined ? undefined : readMetadata(metadata),
    spec: spec === undefined ? undefined : readSpec(spec),
  };
  if (metadata === undefined || read.metadata === undefined || read.spec === undefined) return [];
  const pod = { metadata: read.metadata, spec: read.spec, document: podDocument(item.tree) };
  checkAnnotations(metadata, pod);
  return [found(item, metadata, { kind: 'Pod', pod })];
}

function readSideObject(item: Item, name: Exclude<KindName, 'Pod'>, problems: Problems): FoundObject[] {
  const kind = sideKinds[name];
  const told = kind.secret ? hideUnknownFields(item, kind.shape, problems) : item;
  const fields = Fields.read(told, kind.shape, problems);
  const metadata = fields?.object('metadata', shapes.metadata);
  if (fields === undefined || metadata === undefined) return [];
  const meta = readObjectMeta(metadata, { scope: kind.scope, written: fields.tree('metadata') });
  const object = kind.read(fields, meta, problems);
  return [found(item, metadata, { kind: object.kind, object })];
}

function found(item: Item, metadata: Fields, object: ParsedObject): FoundObject {
  const { offset } = item.tree;
  return { object, offset, nameOffset: metadata.offsetOf('name'), namePath: metadata.pathOf('name') };
}

/** The kind of an object; undefined where the rest cannot be read. A pod that only forgets its kind is read as one. */
function checkKind(item: Item, problems: Problems): KindName | undefined {
  const kind = scalarText(item, 'kind') ?? '';
  if (isKind(kind)) return kind;
  const report = (message: string): void =>
    problems.error(offsetOf(item, 'kind'), childPath(item.path, 'kind'), message);
  if (kind !== '') {
    report(unknownKind(kind, scalarText(item, 'apiVersion') ?? ''));
    return undefined;
  }
  const { tree } = item;
  const isPod = tree.kind === 'map' && !NO_POD.some((field) => tree.entries.has(field));
  report(`Object 'Kind' is missing: write ${isPod ? '"kind: Pod"' : `one of ${listed(kindNames)}`}`);
  return isPod ? 'Pod' : undefined;
}

function unknownKind(kind: string, version: string): string {
  const near = nearestWord(kind, [...kindNames, 'List', ...kindNames.map((name) => `${name}List`)]);
  const hint = near === undefined || near === kind ? '' : `, did you mean ${quote(near)}?`;
  const where = version === '' ? '' : ` (${quote(version).slice(1, -1)})`;
  return `kind ${quote(kind)}${where}: not supported; tinylet takes ${listed(kindNames)}, alone or in a List${hint}`;
}

function checkVersion(item: Item, kind: string, problems: Problems): void {
  const version = scalarText(item, 'apiVersion');
  const wanted = versionOf(kind);
  if (version === wanted) return;
  const message =
    version === undefined || version === ''
      ? `Object 'apiVersion' is missing: write "apiVersion: ${wanted}"`
      : `no kind ${quote(kind)} is registered for version ${quote(version)}: write "apiVersion: ${wanted}"`;
  problems.error(offsetOf(item, 'apiVersion'), childPath(item.path, 'apiVersion'), message);
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** The text of a scalar field whatever its type; undefined where it is absent, null or no scalar. */
function scalarText({ tree }: Item, name: string): string | undefined {
  const value = tree.kind === 'map' ? tree.entries.get(name)?.value : undefined;
  return value !== undefined && 'value' in value ? String(value.value) : undefined;
}

function offsetOf({ tree }: Item, name: string): number {
  const entry = tree.kind === 'map' ? tree.entries.get(name) : undefined;
  return entry?.value.offset ?? tree.offset;
}
