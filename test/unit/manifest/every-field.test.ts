import { describe, expect, test } from 'vitest';
import { type KnownField, shapeOf } from '../../../src/manifest/field-fates.ts';
import { loadFieldGuide, parseManifest } from '../../../src/manifest/index.ts';
import { isTypeName, type TypeName } from '../../../src/manifest/known-fields.ts';
import { fieldWords, requiredFields } from '../../../src/manifest/schema-words.ts';
import { schemaErrors } from '../../support/check-schema.ts';

/**
 * The table of fates, held against what happens: every field is tried at every place it can stand in, by the parser and
 * by the schema. A field that the table calls honoured and no reader looks at is found here.
 */

const schema = (await loadFieldGuide()).manifestSchema();

const KINDS = {
  V1Pod: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  },
  V1ConfigMap: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
  V1Secret: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } },
  V1PersistentVolumeClaim: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'a' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  V1RuntimeClass: {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'a' },
    handler: 'h',
  },
} as const;

/** A field where it stands: the path to its object from the top of a document, and what the table says. */
interface Place {
  readonly kind: keyof typeof KINDS;
  readonly type: TypeName;
  /** Each step is a field; `[0]` stands behind those that hold a list. */
  readonly object: readonly string[];
  readonly field: string;
  readonly known: KnownField;
}

const kinds = Object.keys(KINDS).filter((kind): kind is keyof typeof KINDS => kind in KINDS);
const places = kinds.flatMap((kind) => placesIn(kind, kind, []));

function placesIn(kind: keyof typeof KINDS, type: TypeName, object: readonly string[]): readonly Place[] {
  return [...shapeOf(type)].flatMap(([field, known]) => {
    const place = { kind, type, object, field, known };
    const held = known.type.replace('[]', '');
    if (known.fate.fate !== 'honoured' || !isTypeName(held)) return [place];
    const step = known.type.endsWith('[]') ? `${field}[0]` : field;
    return [place, ...placesIn(kind, held, [...object, step])];
  });
}

/** `spec.volumes[0].emptyDir.medium`, as messages write it. */
const pathOf = ({ object, field }: Place): string => [...object, field].join('.');

/** Without these their objects are not worth reading further. */
const SIBLINGS: Readonly<Record<string, object>> = {
  V1ObjectFieldSelector: { fieldPath: 'metadata.name' },
  V1ResourceFieldSelector: { resource: 'limits.cpu', containerName: 'c' },
  V1SeccompProfile: { type: 'Localhost' },
  V1AppArmorProfile: { type: 'Localhost' },
};

/** The least document that has a value at a place; `undefined` leaves the field out of it. */
function documentWith({ kind, type, object, field }: Place, value: unknown): unknown {
  const given = { ...SIBLINGS[type], [field]: value };
  return Object.entries(given).reduce<unknown>(
    (document, [name, its]) => laidInto(document, [...object, name], its),
    KINDS[kind],
  );
}

function laidInto(base: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  const name = step.replace('[0]', '');
  const fields = new Map(typeof base === 'object' && base !== null ? Object.entries(base) : []);
  const below: unknown = fields.get(name);
  if (!step.endsWith('[0]')) return { ...Object(base), [name]: laidInto(below, rest, value) };
  return { ...Object(base), [name]: [laidInto(Array.isArray(below) ? below[0] : undefined, rest, value)] };
}

/** Every error of the parser, as `path: message`. */
function parseErrors(document: unknown): readonly { path: string; message: string }[] {
  const file = parseManifest({ file: 'f', text: JSON.stringify(document) });
  return file.state === 'refused' ? file.errors : [];
}

const parserFinds = (document: unknown, path: string): readonly string[] =>
  parseErrors(document).flatMap((error) => (error.path.startsWith(path) ? [error.message] : []));
const schemaFinds = (document: unknown, path: string): readonly string[] =>
  schemaErrors(schema, document).filter((line) => line.startsWith(path));

/** A value of no type that the field could have. */
const wrongFor = (type: string): unknown =>
  type.endsWith('[]') || ['string', 'number', 'boolean', 'Date', 'IntOrString'].includes(type)
    ? { wrong: 1 }
    : ['wrong'];

test('the places are those of every field that is not behind a refused one', () => {
  expect(new Set(places.map(({ type, field }) => `${type}.${field}`)).size).toBeGreaterThan(250);
});

const named = (all: readonly Place[]): [string, Place][] =>
  all.map((place) => [`${place.kind} ${pathOf(place)}`, place]);
const withFate = (fate: string): [string, Place][] =>
  named(places.filter(({ known }) => known.fate.fate === fate && known.fate.opaque !== true));

describe('honoured: somebody reads it, and the schema knows its type', () => {
  test.each(withFate('honoured'))('%s', (_, place) => {
    const document = documentWith(place, wrongFor(place.known.type));
    expect(parserFinds(document, pathOf(place))).not.toEqual([]);
    expect(schemaFinds(document, pathOf(place))).not.toEqual([]);
  });
});

describe('not applicable: it must still be of its type', () => {
  test.each(withFate('not-applicable'))('%s', (_, place) => {
    const document = documentWith(place, wrongFor(place.known.type));
    expect(parserFinds(document, pathOf(place))).not.toEqual([]);
    expect(schemaFinds(document, pathOf(place))).not.toEqual([]);
  });
});

describe('refused: with its reason', () => {
  test.each(withFate('refused'))('%s', (_, place) => {
    const document = documentWith(place, ['value']);
    expect(parserFinds(document, pathOf(place))).toContain(`Forbidden: ${place.known.fate.reason}`);
    expect(schemaFinds(document, pathOf(place))).toEqual([
      `${pathOf(place)}: Forbidden: ${place.known.fate.reason}`,
    ]);
  });
});

describe('fixed words are those of the readers', () => {
  const words: ReadonlyMap<string, Readonly<Record<string, unknown>>> = new Map(Object.entries(fieldWords));
  const worded = places.flatMap((place) => {
    const word: unknown = words.get(place.type)?.[place.field];
    const all = typeof word === 'object' && word !== null && 'enum' in word ? word.enum : undefined;
    return Array.isArray(all) ? [{ place, all }] : [];
  });

  test.each(worded.map(({ place, all }) => [pathOf(place), place, all] as const))(
    '%s',
    (path, place, all) => {
      for (const word of all) {
        const wrong = parserFinds(documentWith(place, word), path).filter((text) =>
          /^Unsupported value/.test(text),
        );
        expect(wrong, word).toEqual([]);
      }
      // Some are told of the object that the word describes.
      expect(parserFinds(documentWith(place, 'wrong'), place.object.join('.'))).not.toEqual([]);
      expect(schemaFinds(documentWith(place, 'wrong'), path)).not.toEqual([]);
    },
  );
});

test('what the schema requires is what the readers miss', () => {
  const missed = places
    .filter((place) =>
      parserFinds(documentWith(place, null), pathOf(place)).some((message) =>
        /^Required value/.test(message),
      ),
    )
    .map(({ type, field }) => `${type}.${field}`);
  const required = Object.entries(requiredFields).flatMap(([type, fields]) =>
    fields.map((field) => `${type}.${field}`),
  );
  // These hang on what stands beside them, or on where the object stands.
  const sometimes = [
    'V1ObjectMeta.name',
    'V1SeccompProfile.localhostProfile',
    'V1AppArmorProfile.localhostProfile',
    'V1DownwardAPIVolumeFile.fieldRef',
    'V1ResourceFieldSelector.containerName',
  ];
  expect([...new Set(missed)].sort()).toEqual([...required, ...sometimes].sort());
});
