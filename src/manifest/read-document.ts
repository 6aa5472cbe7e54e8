import type { Pod } from '../pod/index.ts';
import { shapes } from './field-fates.ts';
import { Fields, type Item } from './fields.ts';
import { nearestWord } from './nearest-word.ts';
import { type Problems, quote } from './problems.ts';
import { readMetadata } from './read-metadata.ts';
import { readSpec } from './read-spec.ts';
import { childPath, type Tree } from './tree.ts';
import { gotInstead } from './wrong-type.ts';

/** A Pod found in a document, and where it begins. */
export interface FoundPod {
  readonly pod: Pod;
  readonly offset: number;
  /** Where the name is written, and its field path. */
  readonly nameOffset: number;
  readonly namePath: string;
}

const WRAPPING = ['apiVersion', 'kind', 'metadata', 'spec'];

/**
 * Reads one document: a flat Pod (recognised by having none of apiVersion, kind, metadata, spec), a v1 Pod, or a v1
 * List or PodList of Pods. Problems go to `problems`; what is returned is meaningful only if there were none.
 */
export function readDocument(tree: Tree, problems: Problems): FoundPod[] {
  if (tree.kind !== 'map') {
    problems.error(
      tree.offset,
      '',
      `expected a map with the fields of a Pod, got ${gotInstead(tree, 'map')}`,
    );
    return [];
  }
  const document: Item = { tree, path: '' };
  if (!WRAPPING.some((field) => tree.entries.has(field))) return readFlatPod(document, problems);
  const kind = scalarText(document, 'kind');
  if (kind === 'List' || kind === 'PodList') return readList(document, kind, problems);
  return readPod(document, problems);
}

function readFlatPod(document: Item, problems: Problems): FoundPod[] {
  const fields = Fields.read(document, shapes.flatPod, problems);
  if (fields === undefined) return [];
  const pod = { metadata: readMetadata(fields), spec: readSpec(fields) };
  return [
    { pod, offset: fields.offset, nameOffset: fields.offsetOf('name'), namePath: fields.pathOf('name') },
  ];
}

/** A Pod with its wrapping. A missing kind does not hide what else is wrong; another kind makes the rest meaningless. */
function readPod(item: Item, problems: Problems): FoundPod[] {
  if (!checkKind(item, problems)) return [];
  const fields = Fields.read(item, shapes.pod, problems);
  const metadata = fields?.object('metadata', shapes.metadata);
  const spec = fields?.object('spec', shapes.podSpec);
  const read = {
    metadata: metadata === undefined ? undefined : readMetadata(metadata),
    spec: spec === undefined ? undefined : readSpec(spec),
  };
  if (metadata === undefined || read.metadata === undefined || read.spec === undefined) return [];
  return [
    {
      pod: { metadata: read.metadata, spec: read.spec },
      offset: item.tree.offset,
      nameOffset: metadata.offsetOf('name'),
      namePath: metadata.pathOf('name'),
    },
  ];
}

function readList(document: Item, kind: 'List' | 'PodList', problems: Problems): FoundPod[] {
  checkVersion(document, kind, problems);
  const fields = Fields.read(document, shapes.list, problems);
  if (fields === undefined) return [];
  fields.object('metadata', shapes.listMetadata);
  return fields.items('items').flatMap((item) => {
    if (item.tree.kind !== 'map') {
      problems.error(item.tree.offset, item.path, `expected a Pod, got ${gotInstead(item.tree, 'map')}`);
      return [];
    }
    return readPod(kind === 'PodList' ? withTypeOfList(item) : item, problems);
  });
}

/** The items of a PodList are Pods by definition; Kubernetes leaves apiVersion and kind out when it writes one. */
function withTypeOfList(item: Item): Item {
  if (item.tree.kind !== 'map') return item;
  const { offset, entries } = item.tree;
  const implied = { apiVersion: 'v1', kind: 'Pod' };
  const missing = Object.entries(implied).filter(([field]) => !entries.has(field));
  const added = missing.map(
    ([field, value]) => [field, { offset, value: { kind: 'string', offset, value } }] as const,
  );
  return { ...item, tree: { ...item.tree, entries: new Map([...entries, ...added]) } };
}

/** Whether the rest may be read as a Pod. */
function checkKind(item: Item, problems: Problems): boolean {
  const kind = scalarText(item, 'kind');
  const version = scalarText(item, 'apiVersion');
  if (kind === undefined || kind === '') {
    problems.error(
      offsetOf(item, 'kind'),
      childPath(item.path, 'kind'),
      'Object \'Kind\' is missing: write "kind: Pod"',
    );
  } else if (kind !== 'Pod') {
    const near = nearestWord(kind, ['Pod', 'List', 'PodList']);
    const hint = near === undefined || near === kind ? '' : `, did you mean ${quote(near)}?`;
    const where = version === undefined || version === '' ? '' : ` (${quote(version).slice(1, -1)})`;
    problems.error(
      offsetOf(item, 'kind'),
      childPath(item.path, 'kind'),
      `kind ${quote(kind)}${where}: not supported; tinylet runs v1 Pods, alone or in a List or PodList${hint}`,
    );
    return false;
  }
  checkVersion(item, 'Pod', problems);
  return true;
}

function checkVersion(item: Item, kind: string, problems: Problems): void {
  const version = scalarText(item, 'apiVersion');
  if (version === 'v1') return;
  const message =
    version === undefined || version === ''
      ? 'Object \'apiVersion\' is missing: write "apiVersion: v1"'
      : `no kind ${quote(kind)} is registered for version ${quote(version)}: write "apiVersion: v1"`;
  problems.error(offsetOf(item, 'apiVersion'), childPath(item.path, 'apiVersion'), message);
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
