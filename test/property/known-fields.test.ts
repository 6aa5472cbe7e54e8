import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseManifest } from '../../src/manifest/index.ts';
import { fieldsOf, isTypeName } from '../../src/manifest/known-fields.ts';

/** Texts that mean something somewhere. */
const text = fc.constantFrom(
  ...[
    '',
    'a',
    'A b',
    'web',
    'main',
    '..',
    '../x',
    '/x',
    '/a/../b',
    'a/b',
    '$(A)',
    '1',
    '-1',
    '1Gi',
    '100m',
    '1e3',
  ],
  ...[
    'Always',
    'Never',
    'File',
    'Memory',
    'HugePages-2Mi',
    'Block',
    'ReadWriteOnce',
    'Bidirectional',
    'TCP',
    'None',
  ],
  ...[
    'metadata.name',
    "metadata.labels['a']",
    'limits.cpu',
    'aGk=',
    '{}',
    '10.0.0.1',
    'kubernetes.io/tls',
    '\0',
  ],
);
const scalar = fc.oneof(
  text,
  fc.integer({ min: -2, max: 1000 }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const junk = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 2 }),
  fc.dictionary(text, scalar, { maxKeys: 2 }),
);

/** A value of a type as known-fields.ts writes it: mostly what belongs there, sometimes anything. */
function someValue(type: string, depth: number): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: rightValue(type, depth), weight: 9 }, { arbitrary: junk, weight: 1 });
}

function rightValue(type: string, depth: number): fc.Arbitrary<unknown> {
  if (type.endsWith('[]')) return fc.array(someValue(type.slice(0, -2), depth - 1), { maxLength: 3 });
  if (type === 'map') return fc.dictionary(text, fc.oneof(text, scalar), { maxKeys: 3 });
  if (type === 'boolean') return fc.boolean();
  if (type === 'number') return fc.integer({ min: -2, max: 1000 });
  if (!isTypeName(type)) return text;
  if (depth <= 0) return fc.constant({});
  const fields = fieldsOf(type);
  return fc
    .subarray([...fields], { maxLength: Math.min(6, fields.length) })
    .chain((chosen) =>
      fc.record(
        Object.fromEntries(chosen.map(([field, fieldType]) => [field, someValue(fieldType, depth - 1)])),
      ),
    );
}

test.each([
  ['Pod', 'v1', 'V1PodSpec'],
  ['ConfigMap', 'v1', 'V1ConfigMap'],
  ['Secret', 'v1', 'V1Secret'],
  ['PersistentVolumeClaim', 'v1', 'V1PersistentVolumeClaim'],
  ['RuntimeClass', 'node.k8s.io/v1', 'V1RuntimeClass'],
])('a %s of known fields gives objects or errors, whatever their values', (kind, apiVersion, type) => {
  fc.assert(
    fc.property(someValue(type, 8), (value) => {
      const head = { apiVersion, kind, metadata: { name: 'web' } };
      const written = kind === 'Pod' ? { ...head, spec: value } : { ...Object(value), ...head };
      const file = parseManifest({ file: 'f', text: JSON.stringify(written) });
      if (file.state === 'accepted') expect(file.objects).toHaveLength(1);
      else
        for (const { message } of file.errors)
          expect(message).not.toMatch(/cannot be parsed|undefined|\[object/);
    }),
    { numRuns: 1_000 },
  );
});

const volume = fc
  .record({ name: fc.constantFrom('a', 'b', 'c') })
  .chain((named) => rightValue('V1Volume', 6).map((fields) => ({ ...Object(fields), ...named })));

test('so does a pod with nothing but volumes and mounts', () => {
  fc.assert(
    fc.property(
      fc.array(volume, { maxLength: 3 }),
      fc.array(rightValue('V1VolumeMount', 2), { maxLength: 3 }),
      (volumes, volumeMounts) => {
        const written = { name: 'web', volumes, containers: [{ name: 'main', image: 'i', volumeMounts }] };
        const file = parseManifest({ file: 'f', text: JSON.stringify(written) });
        if (file.state === 'accepted') expect(file.objects).toHaveLength(1);
        else
          for (const { message } of file.errors)
            expect(message).not.toMatch(/cannot be parsed|undefined|\[object/);
      },
    ),
    { numRuns: 1_000 },
  );
});
