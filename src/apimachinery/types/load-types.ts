import type { FieldType, ObjectType, TypeTable } from './type-table.ts';

/** Where the types of an API group are in the table. */
const PACKAGE_OF_GROUP: Readonly<Record<string, string>> = {
  v1: 'core/v1',
  'node.k8s.io/v1': 'node/v1',
  'coordination.k8s.io/v1': 'coordination/v1',
  'policy/v1': 'policy/v1',
  'authentication.k8s.io/v1': 'authentication/v1',
  'authorization.k8s.io/v1': 'authorization/v1',
  'metrics.k8s.io/v1beta1': 'metrics/v1beta1',
  'meta.k8s.io/v1': 'meta/v1',
};

let loaded: Promise<TypeTable> | undefined;

/** The table of types. It is read when it is first asked for, type by type. */
export function loadTypes(): Promise<TypeTable> {
  loaded ??= import('./kubernetes-types.generated.ts').then(({ kubernetesTypes }) =>
    parseTypes(kubernetesTypes),
  );
  return loaded;
}

/** A table from text as `kubernetes-types.generated.ts` describes it. */
export function parseTypes(text: string): TypeTable {
  const lines = new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [/^[^ @~]*/.exec(line)?.[0] ?? '', line]),
  );
  const types = new Map<string, ObjectType>();
  const type = (name: string): ObjectType | undefined => {
    const line = lines.get(name);
    if (line === undefined) return undefined;
    const known = types.get(name) ?? parseType(name, line, type);
    types.set(name, known);
    return known;
  };
  return { type, typeOf: (apiVersion, kind) => typeOf({ lines, type, apiVersion, kind }) };
}

interface KindQuery {
  readonly lines: ReadonlyMap<string, string>;
  readonly type: (name: string) => ObjectType | undefined;
  readonly apiVersion: string;
  readonly kind: string;
}

function typeOf({ lines, type, apiVersion, kind }: KindQuery): ObjectType | undefined {
  const home = Object.hasOwn(PACKAGE_OF_GROUP, apiVersion) ? PACKAGE_OF_GROUP[apiVersion] : undefined;
  // meta/v1's kinds (DeleteOptions, Status) are in every group (apimachinery: meta/v1 AddToGroupVersion).
  return [`${home}.${kind}`, `meta/v1.${kind}`]
    .filter((name) => lines.get(name)?.startsWith(`${name}@`) === true)
    .map(type)[0];
}

function parseType(
  name: string,
  line: string,
  typeNamed: (name: string) => ObjectType | undefined,
): ObjectType {
  const [head = '', ...words] = line.split(' ');
  const own = words.map((word) => parseField(name.replace(/\.\w+$/, ''), word));
  const ofTypeMeta = head.includes('@') ? [parseField('', 'apiVersion=0'), parseField('', 'kind=0')] : [];
  const ofJson = [...ofTypeMeta, ...own].flatMap((field) => {
    if (!field.inline) return [field];
    return [...(typeNamed(field.type)?.fields.values() ?? [])].map((member) => ({ ...member, number: 0 }));
  });
  return {
    name,
    fields: new Map(ofJson.map((field) => [field.name, field])),
    wire: new Map(own.filter(({ number }) => number > 0).map((field) => [field.number, field])),
    atomic: head.includes('~'),
  };
}

const WORD =
  /^(\+)?(\w*)(?::(\[\]|\{\})?([\w./]+))?=(\d+)(\*)?(!)?(?:p\((\w*)\))?(k)?(s)?(?:l\(([\w,]*)\))?(a)?(?:d\((.*)\))?$/;

function parseField(packageName: string, word: string): FieldType {
  const parts = WORD.exec(word);
  if (parts === null) throw new TypeError(`not a field: ${word}`);
  const [, inline, name = '', shape, type = 'string', number, pointer, required, mergeKey, ...rest] = parts;
  const [retainKeys, set, keys, atomic, fallback] = rest;
  return {
    name,
    type: typeName(packageName, type),
    shape: shape === '[]' ? 'list' : shape === '{}' ? 'map' : 'one',
    number: Number(number),
    pointer: pointer !== undefined,
    inline: inline !== undefined,
    required: required !== undefined,
    patchMerge: mergeKey !== undefined,
    ...(mergeKey === undefined || mergeKey === '' ? {} : { patchMergeKey: mergeKey }),
    patchRetainKeys: retainKeys !== undefined,
    ...(set === undefined && keys === undefined ? {} : { listType: set === undefined ? 'map' : 'set' }),
    listMapKeys: keys?.split(',') ?? [],
    atomic: atomic !== undefined,
    ...(fallback === undefined ? {} : { default: JSON.parse(fallback) }),
  };
}

/** Types of the same package stand without it; those that are no scalar begin with a capital. */
function typeName(packageName: string, type: string): string {
  return /^[A-Z]/.test(type) ? `${packageName}.${type}` : type;
}
